// A question of two long segments and a short one, on a way that only short packets pass.
import type { PacketEvent } from '../../src/model/node-event.ts';
import { again, bare, ofClient, ofServer } from './one-direction.ts';

const long = { payloadLength: 1_448, ipLength: 1_500, flags: '.' };
const [first, second, tail] = [35, 35 + 1_448, 35 + 2 * 1_448];

/** Its first long segment is sent again, at full length. */
export const longInVain: readonly PacketEvent[] = [
  ...ofClient(2.2, false, { ...long, seq: first }),
  ...ofClient(2.20001, false, { ...long, seq: second }),
  ...ofClient(2.42, false, { ...long, seq: first, ...again }),
  ...ofClient(2.83, false, { ...long, seq: first, ...again }),
];
/** The end of the question, and what the server says to it: that it has not what came before. */
export const tailArrives: readonly PacketEvent[] = [
  ...ofClient(2.20002, true, { seq: tail, payloadLength: 104, ipLength: 156 }),
  ...ofServer(2.2002, true, { ...bare, seq: 534, ack: first, ipLength: 64 }),
];
