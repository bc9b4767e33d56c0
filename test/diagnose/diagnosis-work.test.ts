// Work is counted, not timed: how often what an event says is looked at until the findings are there, for so many events and for six
// times as many.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { causeModels } from '../../src/causes/index.ts';
import { diagnoseWire } from '../../src/diagnose/diagnose.ts';
import type { NodeEvent, PacketEvent } from '../../src/model/node-event.ts';
import { seededRandom } from '../../src/model/random.ts';
import { counters, listener, packet, routeGone } from './made-by-hand.ts';
import { client, rule, server } from './story-events.ts';

/** How often, and how many connections were found to be lost. */
function workOf(events: readonly NodeEvent[]): { looks: number; lost: number } {
  let looks = 0;
  const watched = events.map(
    (event) =>
      new Proxy(event, {
        get(target, name, receiver) {
          looks += 1;
          return Reflect.get(target, name, receiver) as unknown;
        },
      }),
  );
  const findings = diagnoseWire(watched, causeModels);
  return { looks, lost: findings.reduce((sum, { connections }) => sum + connections, 0) };
}

const times = (count: number) => Array.from({ length: count }, (_, index) => index);
const data = { payloadLength: 9, hasTimestampOption: true, window: 500 };

/** A connection that asks once and is reset, over one node or two. */
function reset(at: number, number: number, port: number, other = server): PacketEvent[] {
  const [seq, there] = [1_000 * number + 1, { src: client, sport: port, dst: other, dport: 8_080 }];
  const back = { src: other, sport: 8_080, dst: client, dport: port };
  return [
    packet(at, ['cali-client', 'in'], there, 'S', { seq }),
    packet(at + 0.01, ['cali-client', 'in'], there, 'P.', { seq: seq + 1, ...data }),
    packet(at + 0.02, ['cali-client', 'out'], back, 'R', { seq: 7 * number + 1 }),
  ];
}

/** In each of them the resets are in proportion to `count`. */
const worlds: Readonly<Record<string, (count: number) => NodeEvent[]>> = {
  'in no order': (count) => {
    const random = seededRandom(20_119);
    return times(count).flatMap((index) => reset(10 + index / 50 + 6 * random.next(), index, 10_000 + index));
  },
  'of one port that serves again and again': (count) =>
    times(count).flatMap((index) => reset(10 + index * 10, index, 40_001)),
  'of one port to many servers': (count) =>
    times(count).flatMap((index) =>
      reset(10 + index * 10, index, 40_001, `10.50.${index >> 8}.${index & 255}`),
    ),
  'while routes, rules and listeners come and go': (count) =>
    times(count).flatMap(
      (index) =>
        [
          // Their beginnings were not seen: all that came and went before may have to do with them.
          ...reset(10 + index, index, 10_000 + index).slice(1),
          ...[{ ...routeGone(10 + index), route: `10.60.${index >> 8}.${index & 255} dev cali${index}` }],
          { ...listener(10 + index, 'closed'), scope: `10.60.${index >> 8}.${index & 255}` },
          rule(10 + index, index % 2 === 0 ? 'deleted' : 'added'),
        ] as NodeEvent[],
    ),
  'while their senders are counted, between two readings': (count) => [
    ...times(count).flatMap((index) => reset(10 + index / 10, index, 10_000 + index)),
    counters('snmp', server, { TcpOutRsts: count }, [10, 11 + count / 10]),
  ],
};

describe('explaining lost connections', () => {
  for (const [what, make] of Object.entries(worlds))
    it(`is work in proportion: RSTs ${what}`, () => {
      const [once, sixfold] = [workOf(make(100)), workOf(make(600))];
      assert.deepEqual([once.lost, sixfold.lost], [100, 600]);
      assert.ok(
        sixfold.looks <= 7 * once.looks,
        `${once.looks} looks, and ${sixfold.looks} for six times as much`,
      );
    });
});
