// Made-up traffic of a node: many connections that ask and are answered, some of them through translation, and that end in all the ways
// in which connections end. Made for benchmarks by a generator of our own, so that nobody's packets are published.
import { seededRandom, type Random } from '../../src/model/random.ts';
import { tcpFlags } from '../../src/packets/tcp-packet.ts';
import { createFrameWriter, type FrameWriter, type Leg } from './frame-writer.ts';

/** How a connection ends, and how many of a hundred do. */
const endings = {
  orderly: 48,
  'RST of a kernel without a socket': 12,
  'RST of a live socket': 8,
  'RST of the client that waits': 4,
  'RST of the client that has all': 6,
  refused: 8,
  'FIN that meets a request': 4,
  'RST behind both FINs': 4,
  'silence, given up': 4,
  'SYN without an answer': 2,
} as const;
type EndingKind = keyof typeof endings;
const loseByReset: readonly EndingKind[] = [
  'RST of a kernel without a socket',
  'RST of a live socket',
  'RST of the client that waits',
  'refused',
  'FIN that meets a request',
];
const loseInSilence: readonly EndingKind[] = ['silence, given up', 'SYN without an answer'];

export interface Made {
  readonly packets: number;
  readonly bytes: number;
  /** Packets with the RST flag, on every leg. */
  readonly resets: number;
  /** Connections that lost something by a RST, that got no answer any more, and all that ended. */
  readonly lostByReset: number;
  readonly lostInSilence: number;
  readonly ended: number;
}

const { fin, syn, rst, push, ack } = tcpFlags;
const start = 1_795_000_000_000_000;
/** Connections at the same time, of which some are long and move much. */
const live = 1_200;
const bulky = 8;

/** Writes a capture of `bytes` bytes, and not many more. The same seed makes the same file. */
export function makeTraffic(path: string, wanted: { readonly seed: number; readonly bytes: number }): Made {
  const random = seededRandom(wanted.seed);
  const out = createFrameWriter(path);
  const tally = { resets: 0, ended: new Map<EndingKind, number>() };
  const clock = { now: start };
  let born = 0;
  const bear = (isBulky: boolean) => createConversation(out, random, clock, tally, (born += 1), isBulky);
  const all = Array.from({ length: live }, (_, index) => bear(index < bulky));
  while (out.bytes < wanted.bytes) {
    // On average every two milliseconds one of them does its next step.
    clock.now += Math.ceil(4_000 * random.next());
    const index = random.next() < 0.1 ? Math.floor(bulky * random.next()) : Math.floor(live * random.next());
    if (all[index]?.step() === 'over') all[index] = bear(index < bulky);
  }
  out.end();
  const sumOf = (kinds: readonly EndingKind[]) =>
    kinds.reduce((sum, kind) => sum + (tally.ended.get(kind) ?? 0), 0);
  return {
    ...{ packets: out.packets, bytes: out.bytes, resets: tally.resets },
    ...{ lostByReset: sumOf(loseByReset), lostInSilence: sumOf(loseInSilence) },
    ended: sumOf([...tally.ended.keys()]),
  };
}

interface Conversation {
  /** Its next packets. */
  step(): 'on' | 'over';
}

function createConversation(
  out: FrameWriter,
  random: Random,
  clock: { now: number },
  tally: { resets: number; ended: Map<EndingKind, number> },
  number: number,
  isBulky: boolean,
): Conversation {
  const whole = (most: number) => Math.floor(most * random.next());
  const legs = legsOf(number, whole);
  const ending = drawEnding(random);
  const numbers = { client: whole(2 ** 32), server: whole(2 ** 32) };
  const ids = { client: whole(65_536), server: whole(65_536) };
  let exchanges = isBulky ? 400 : 1 + whole(8);
  let stage: 'opening' | 'talking' | 'repeating' = 'opening';
  let repetitions = 0;
  let repeated: () => void = () => undefined;

  interface Options {
    readonly payload?: number;
    readonly window?: number;
    readonly plain?: boolean;
    readonly seq?: number;
  }
  /** Sends one packet over every leg. */
  const send = (by: 'client' | 'server', flags: number, options: Options = {}) => {
    const { payload = 0, window = 502, plain = false } = options;
    const toClient = by === 'server';
    const seq = options.seq ?? numbers[by];
    const acked = (flags & ack) === 0 ? 0 : numbers[toClient ? 'client' : 'server'];
    const stamp = plain ? null : Math.floor(clock.now / 1_000);
    ids[by] = plain ? 0 : ids[by] + 1;
    for (const leg of toClient ? legs.toReversed() : legs) {
      const hops = toClient ? legs.length - 1 - leg.hops : leg.hops;
      out.write(
        clock.now,
        { ...leg, hops },
        { ...{ toClient, flags, seq, ack: acked, window }, ipId: ids[by], stamp, payload },
      );
      clock.now += 12;
      if ((flags & rst) !== 0) tally.resets += 1;
    }
    clock.now += 40;
    if (options.seq === undefined) numbers[by] += payload + ((flags & (syn | fin)) === 0 ? 0 : 1);
  };

  const open = () => {
    send('client', syn);
    if (ending === 'SYN without an answer') return repeat('client', syn, 1);
    if (ending === 'refused') {
      send('server', rst | ack, { window: 0, plain: true });
      return 'over';
    }
    send('server', syn | ack);
    send('client', ack);
    stage = 'talking';
    return 'on';
  };

  const ask = () => send('client', push | ack, { payload: 40 + whole(400) });
  const answer = () => {
    const segments = isBulky ? 6 + whole(12) : whole(3);
    for (let segment = 0; segment < segments; segment += 1) send('server', ack, { payload: 1_448 });
    send('server', push | ack, { payload: 20 + whole(1_200) });
    send('client', ack);
  };
  const exchange = () => {
    const seq = numbers.client;
    const payload = 40 + whole(400);
    send('client', push | ack, { payload });
    // One of two hundred is lost behind us and sent again.
    if (random.next() < 0.005) {
      clock.now += 210_000;
      send('client', push | ack, { payload, seq });
    }
    answer();
  };

  /** From now on the same packet again and again, at longer and longer times. */
  const repeat = (by: 'client', flags: number, length: number): 'on' => {
    const seq = numbers[by] - length;
    stage = 'repeating';
    repeated = () => send(by, flags, { payload: (flags & syn) === 0 ? length : 0, seq });
    return 'on';
  };

  const finish = (): 'on' | 'over' => {
    switch (ending) {
      case 'orderly':
        send('client', fin | ack);
        send('server', fin | ack);
        send('client', ack);
        return 'over';
      case 'RST of a kernel without a socket':
        ask();
        send('server', rst, { window: 0, plain: true, seq: numbers.server });
        return 'over';
      case 'RST of a live socket':
        ask();
        send('server', rst | ack);
        return 'over';
      case 'RST of the client that waits':
        ask();
        send('client', rst | ack);
        return 'over';
      case 'RST of the client that has all':
        send('client', rst | ack);
        return 'over';
      case 'FIN that meets a request':
        send('server', fin | ack);
        ask();
        send('server', rst, { window: 0, plain: true, seq: numbers.server });
        return 'over';
      case 'RST behind both FINs':
        send('client', fin | ack);
        send('server', fin | ack);
        send('client', rst, { window: 0, plain: true });
        return 'over';
      case 'silence, given up': {
        send('client', push | ack, { payload: 100 });
        return repeat('client', push | ack, 100);
      }
      default:
        return 'over';
    }
  };

  const step = (): 'on' | 'over' => {
    if (stage === 'opening') return open();
    if (stage === 'repeating') {
      repetitions += 1;
      if (repetitions <= 5) repeated();
      else if (ending === 'silence, given up') send('client', fin | ack);
      return repetitions <= 5 ? 'on' : 'over';
    }
    if (exchanges === 0) return finish();
    exchanges -= 1;
    exchange();
    return 'on';
  };

  return {
    step() {
      const is = step();
      if (is === 'over') tally.ended.set(ending, (tally.ended.get(ending) ?? 0) + 1);
      return is;
    },
  };
}

/** One leg, or two where a Service's address is translated to a pod's, and now and then the client's port, too. */
function legsOf(number: number, whole: (most: number) => number): Leg[] {
  const family = whole(10) === 0 ? 6 : 4;
  const client = 0x01_0000 + (number % 3_000);
  // Each port of each client once in a long time.
  const clientPort = 20_000 + (Math.floor(number / 3_000) % 40_000);
  const pod = 0x80_0000 + whole(300);
  const near = { family, client, clientPort, serverPort: 8_080, hops: 0 } as const;
  if (whole(4) !== 0) return [{ ...near, server: pod }];
  const isMasqueraded = whole(3) === 0;
  const far = isMasqueraded ? { ...near, clientPort: 60_000 + (number % 5_000) } : near;
  return [
    { ...near, server: 0xf0_0000 + whole(40), serverPort: 80 },
    { ...far, server: pod, hops: 1 },
  ];
}

function drawEnding(random: Random): EndingKind {
  let rest = 100 * random.next();
  for (const [kind, share] of Object.entries(endings)) {
    rest -= share;
    if (rest < 0) return kind as EndingKind;
  }
  return 'orderly';
}
