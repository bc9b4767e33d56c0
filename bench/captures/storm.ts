// A storm: one server's connections are reset by the ten thousand, and the stamps of the capture are in no order, as those of several
// queues of a network card are.
import { seededRandom } from '../../src/model/random.ts';
import { tcpFlags } from '../../src/packets/tcp-packet.ts';
import { createFrameWriter, type Leg } from './frame-writer.ts';

const { syn, rst, push, ack } = tcpFlags;
const start = 1_795_000_000_000_000;
/** How far stamps are out of order, microseconds. */
const disorder = 3_000_000;

/** Writes a capture of so many connections, each with one RST. */
export function makeStorm(path: string, wanted: { readonly seed: number; readonly resets: number }): void {
  const random = seededRandom(wanted.seed);
  const out = createFrameWriter(path);
  for (let number = 0; number < wanted.resets; number += 1) {
    const leg: Leg = {
      family: 4,
      client: 0x01_0000 + (number % 200),
      clientPort: 10_000 + Math.floor(number / 200),
      ...{ server: 0x80_0001, serverPort: 8_080, hops: 0 },
    };
    // Five thousand a second, each about somewhere in six seconds.
    const at = start + number * 200 + Math.floor(disorder * 2 * random.next());
    const seq = Math.floor(2 ** 32 * random.next());
    const say = (after: number, toClient: boolean, flags: number, payload = 0) =>
      out.write(at + after, leg, {
        ...{ toClient, flags, payload, ipId: flags === rst ? 0 : number, window: flags === rst ? 0 : 502 },
        seq: toClient ? 7 * number + (flags === (syn | ack) ? 0 : 1) : seq + (flags === syn ? 0 : 1),
        ack: (flags & ack) === 0 ? 0 : toClient ? seq + 1 : 7 * number + 1,
        stamp: flags === rst ? null : Math.floor((at + after) / 1_000),
      });
    say(0, false, syn);
    say(40, true, syn | ack);
    say(80, false, push | ack, 200);
    say(900, true, rst);
  }
  out.end();
}
