// Which sightings are of one packet, and where the last one stopped.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { lastMomentsOf } from '../../../src/experiment/drawing/last-moments-of.ts';
import { sightingsOf, usualWays } from '../../../src/experiment/drawing/packet-sightings.ts';
import type { Story } from '../../../src/diagnose/connections/story.ts';
import { missedAt } from '../../../src/model/ladder.ts';
import type { NodeEvent, PacketEvent } from '../../../src/model/node-event.ts';
import {
  arrives,
  asked,
  failed,
  leaves,
  lost,
  packet,
  port,
  question,
  ran,
  source,
  storyOf,
  talk,
} from '../../diagnose/made-by-hand.ts';
import { firstEntry } from '../../diagnose/story-events.ts';

const data = { payloadLength: 17, ipLength: 69, window: 500 };
const goesToClient = ({ tuple }: Pick<PacketEvent, 'tuple'>) => tuple.dport === port;
const sighted = (packets: readonly PacketEvent[]) =>
  sightingsOf({ packets, goesToClient }).map(({ from, places }) => [from, ...places].join(' | '));

describe('sightings of packets', () => {
  test('what is sent again and comes further is not the first that did', () => {
    assert.deepEqual(
      sighted([
        packet(2, ['cali-client', 'in'], asked, 'P.', { ...data, seq: 1 }),
        packet(2.2, ['cali-client', 'in'], asked, 'P.', { ...data, seq: 1 }),
        packet(2.201, ['cali-server', 'out'], arrives, 'P.', { ...data, seq: 1 }),
      ]),
      ['client | node-1 cali-client in', 'client | node-1 cali-client in | node-1 cali-server out'],
    );
  });

  test('RSTs that are made at once are told one by one, each at all its places', () => {
    const at = (seconds: number, place: [string, 'in' | 'out']) =>
      packet(seconds, place, leaves, 'R', { seq: 9 });
    assert.deepEqual(
      sighted([
        ...[at(2, ['cali-server', 'in']), at(2.00001, ['cali-server', 'in'])],
        ...[at(2.0001, ['cali-client', 'out']), at(2.0002, ['cali-client', 'out'])],
      ]),
      Array(2).fill('server | node-1 cali-server in | node-1 cali-client out'),
    );
  });

  test('a packet that a card cuts on the way is seen where its pieces are, and where those are put together', () => {
    const long = { ...data, payloadLength: 2_896, seq: 1 };
    const piece = (seq: number) => ({ ...data, payloadLength: 1_448, seq });
    assert.deepEqual(
      sighted([
        packet(2, ['cali-client', 'in'], asked, '.', long),
        packet(2.0001, ['eth0', 'out'], arrives, '.', piece(1)),
        packet(2.0002, ['eth0', 'out'], arrives, '.', piece(1_449)),
        packet(2.001, ['cali-server', 'out'], arrives, '.', long),
      ])[0],
      'client | node-1 cali-client in | node-1 eth0 out | node-1 cali-server out',
    );
    // What is sent again in other pieces is another matter.
    assert.equal(
      sighted([
        packet(2, ['cali-client', 'in'], asked, '.', long),
        packet(2.3, ['cali-client', 'in'], asked, '.', piece(1)),
        packet(2.301, ['cali-server', 'out'], arrives, '.', piece(1)),
      ])[0],
      'client | node-1 cali-client in',
    );
  });

  test('a RST shows nobody the way, for whoever makes it on the way does not stand at its beginning', () => {
    const all = sightingsOf({ packets: [packet(2, ['cali-client', 'out'], leaves, 'R')], goesToClient });
    assert.deepEqual(usualWays(all), { client: [], server: [] });
  });

  test('the places of two nodes whose clocks are apart are no way', () => {
    const both = (clientAt: number, serverAt: number) =>
      usualWays(
        sightingsOf({
          packets: [
            packet(2 + clientAt, ['cali-client', 'in', 'node-2'], asked, 'P.', { ...data, seq: 1 }),
            packet(2 + serverAt, ['cali-server', 'out', 'node-1'], arrives, 'P.', { ...data, seq: 1 }),
            packet(2.1 + serverAt, ['cali-server', 'in', 'node-1'], leaves, 'P.', { ...data, seq: 9 }),
            packet(2.1 + clientAt + 0.001, ['cali-client', 'out', 'node-2'], leaves, 'P.', {
              ...data,
              seq: 9,
            }),
          ].toSorted((a, b) => a.at.localeCompare(b.at)),
          goesToClient,
        }),
      );
    assert.deepEqual(both(0, 0.0005)?.client, ['node-2 cali-client in', 'node-1 cali-server out']);
    // Node 1's clock is behind: all seems to have been there first.
    assert.equal(both(0, -0.03), null);
  });

  test('a place is missed only on the way that was taken', () => {
    const usual = ['n a in', 'n eth0 out', 'n b out'];
    assert.equal(missedAt(['n a in'], usual), 'n eth0 out');
    assert.equal(missedAt(usual, usual), null);
    // It skipped a place, and came to the end.
    assert.equal(missedAt(['n a in', 'n b out'], usual), null);
    // It came out by another pod's interface.
    assert.equal(missedAt(['n a in', 'n c out'], usual), null);
    assert.equal(missedAt([], usual), null);
  });
});

describe('where the last packet stopped', () => {
  const gaveUp = failed({ failure: 'timeout', errno: 'DEADLINE' });
  const momentsOf = (story: Story) => lastMomentsOf(story, sightingsOf(story));
  const stoppedOf = (nodes: readonly NodeEvent[]) =>
    momentsOf(storyOf([firstEntry(1, port), ...nodes], [gaveUp]))?.stopped;
  const stopped = (...packets: readonly PacketEvent[]) => stoppedOf([...ran('capture'), ...packets]);
  const inVain = packet(lost - 0.05, ['cali-client', 'in'], asked, 'P.', { ...data, seq: 18 });

  test('is told by the place where it was seen last and the next of those before it', () => {
    const { lastSeen, next, from } = stopped(...question(), inVain) ?? {};
    assert.deepEqual([from, lastSeen, next], ['client', 'node-1 cali-client in', 'node-1 cali-server out']);
  });

  test('is not told of one that the server acknowledged, whatever a capture shows', () => {
    const ack = packet(lost - 0.04, ['cali-server', 'in'], leaves, '.', { seq: 1, ack: 35 });
    assert.equal(stopped(...question(), inVain, ack), null);
  });

  test('is told of what the server sends back, where the client was heard', () => {
    const back = packet(lost - 0.04, ['cali-server', 'in'], leaves, 'P.', { ...data, seq: 517, ack: 35 });
    const { from, next } = stopped(...talk(), ...question(lost - 0.05, 35), back) ?? {};
    assert.deepEqual([from, next], ['server', 'node-1 cali-client out']);
  });

  test('is not told by a capture that lost packets', () => {
    const lossy = [source('capture', 'started'), source('capture', 'limited', { seconds: 2, lost: 3 })];
    assert.equal(stoppedOf([...lossy, ...question(), inVain]), null);
  });

  test('is not told where all were seen at one place', () => {
    const one = packet(2, ['cali-client', 'in'], asked, 'P.', { ...data, seq: 1 });
    assert.equal(stopped(one, inVain), null);
  });
});
