// That length decides what passes is said where short packets were seen to pass; one long packet alone may have met any hole.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { causeModels } from '../../src/causes/index.ts';
import { diagnose } from '../../src/diagnose/diagnose.ts';
import type { NodeEvent } from '../../src/model/node-event.ts';
import { atClient as atSocket, endOfSocket } from './kernel-events.ts';
import { longInVain, tailArrives } from './long-packets.ts';
import { ran, takesIcmp } from './made-by-hand.ts';
import { again, asksInVain, bare, gaveUp, inOrder, ofClient, ofServer, pushes } from './one-direction.ts';

function told(nodes: readonly NodeEvent[]) {
  const all = [
    ...nodes,
    ...takesIcmp(),
    ...['conntrack-events', 'conntrack-stats', 'ip-monitor'].flatMap(ran),
  ];
  const [finding, another] = diagnose({ probes: [gaveUp()], nodes: all }, causeModels);
  assert.ok(finding !== undefined && another === undefined);
  const { cause, author, certainty, rivals } = finding;
  return { cause, author, certainty: certainty?.cause, rivals: rivals.map((rival) => rival.cause) };
}
const atClient = (events: readonly NodeEvent[]) =>
  events
    .filter((event) => event.event !== 'packet' || event.interface === 'cali-client')
    .map((event) => (event.event === 'packet' && event.direction === 'out' ? { ...event, ttl: 61 } : event));

describe('long packets that are sent again to the end', () => {
  it('vanish by their length where the short end of the same question arrives', () => {
    const { cause, author } = told(inOrder(...longInVain, ...tailArrives));
    assert.deepEqual([cause, author], ['path-mtu-black-hole', 'nobody']);
  });

  it("are no less likely to from the client's side alone, where the server says that it misses them", () => {
    const { cause, certainty } = told(atClient(inOrder(...longInVain, ...tailArrives)));
    assert.deepEqual([cause, certainty], ['path-mtu-black-hole', 'likely']);
  });

  it('vanish so in both directions, too, which is no hole of both: short ones pass it', () => {
    const long = { payloadLength: 1_448, ipLength: 1_500, flags: '.', seq: 534, ack: 35 };
    const answers = [
      ...ofServer(2.3, false, long),
      // The end of the answer, and what the client says to it.
      ...ofServer(2.3001, true, { seq: 534 + 1_448, ack: 35, payloadLength: 114, ipLength: 166 }),
      ...ofClient(2.3002, true, { ...bare, seq: 2_931 + 104, ack: 534, ipLength: 64 }),
      ...ofServer(2.51, false, { ...long, ...again }),
      ...ofServer(2.87, false, { ...long, ...again }),
    ];
    assert.equal(told(inOrder(...longInVain, ...tailArrives, ...answers)).cause, 'path-mtu-black-hole');
  });

  it('may have met any hole where nothing else was sent', () => {
    const { cause, rivals } = told(inOrder(...longInVain));
    assert.equal(cause, 'unknown');
    for (const one of ['path-mtu-black-hole', 'silent-drop', 'one-way-drop'])
      assert.ok(rivals.includes(one), rivals.join());
  });

  it('is none of them where the socket that sent them had only some bytes left to send', () => {
    const left = (unsent: number): NodeEvent => {
      const line = endOfSocket(atSocket, 0);
      return line.event === 'socket' ? { ...line, unsent, retransmissions: 3 } : line;
    };
    const rivals = (unsent: number) => told([...inOrder(...longInVain), left(unsent)]).rivals;
    assert.ok(rivals(3_000).includes('path-mtu-black-hole'));
    assert.ok(!rivals(15).includes('path-mtu-black-hole'));
  });

  it('are in a hole of one direction where nothing of that side arrives, and what the other says does', () => {
    assert.equal(told(inOrder(...longInVain, ...pushes(true))).cause, 'one-way-drop');
  });

  it('are not where acknowledgements of the same side arrive', () => {
    const acks = [2.3001, 2.5101].flatMap((seconds) =>
      ofClient(seconds, true, { ...bare, seq: 2_931, ack: 551, ipLength: 52 }),
    );
    assert.equal(told(inOrder(...longInVain, ...pushes(true), ...acks)).cause, 'path-mtu-black-hole');
  });
});

describe('short packets that are sent again to the end', () => {
  it('do not vanish by their length', () => {
    for (const nodes of [asksInVain(false), [...asksInVain(false), ...pushes(false)]]) {
      const { cause, rivals } = told(inOrder(...nodes));
      assert.ok(cause !== 'path-mtu-black-hole' && !rivals.includes('path-mtu-black-hole'));
    }
  });

  it('nor do they where long ones vanish beside them', () => {
    const short = [2.21, 2.43, 2.84].flatMap((seconds, index) =>
      ofServer(seconds, false, index === 0 ? { ack: 52 } : { ...again, ack: 52 }),
    );
    const { cause, rivals } = told(inOrder(...longInVain, ...short));
    assert.ok(cause !== 'path-mtu-black-hole' && !rivals.includes('path-mtu-black-hole'));
  });
});
