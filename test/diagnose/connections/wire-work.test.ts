// Work is counted, not timed: how often what a packet says is looked at, and what is looked up, for so many packets and for six
// times as many.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { indexEntries } from '../../../src/diagnose/connections/entry-index.ts';
import { lostOnTheWire } from '../../../src/diagnose/connections/lost-on-the-wire.ts';
import { wireConnections } from '../../../src/diagnose/connections/wire-connections.ts';
import { parseMicros } from '../../../src/model/clock.ts';
import type { NodeEvent, PacketEvent } from '../../../src/model/node-event.ts';
import { packet } from '../made-by-hand.ts';
import { at, client, firstEntry, service } from '../story-events.ts';

let looks = 0;

/** The packet, whose every field is counted when it is read. */
function watched(one: PacketEvent): PacketEvent {
  return new Proxy(one, {
    get(target, name, receiver) {
      looks += 1;
      return Reflect.get(target, name, receiver) as unknown;
    },
  });
}

function workOf(packets: readonly PacketEvent[], entries: readonly NodeEvent[] = []): number {
  const own = packets.map(watched);
  const index = indexEntries(entries.filter((event) => event.event === 'conntrack'));
  looks = 0;
  // eslint-disable-next-line @typescript-eslint/unbound-method -- it is called on its own map, and put back
  const get = Map.prototype.get;
  Map.prototype.get = function counted(this: Map<unknown, unknown>, key: unknown): unknown {
    looks += 1;
    return get.call(this, key);
  };
  try {
    lostOnTheWire(wireConnections(own, index), () => ({
      until: parseMicros(at(3_000)),
      lost: 0,
      keptFor: Infinity,
    }));
  } finally {
    Map.prototype.get = get;
  }
  return looks;
}

const from = (port: number) => ({ src: client, sport: port, dst: service, dport: 8_080 });
const times = (count: number) => Array.from({ length: count }, (_, index) => index);

/** Each grows with `count` in its own way. */
const worlds: Readonly<Record<string, (count: number) => PacketEvent[]>> = {
  'connections that are reset one after the other': (count) =>
    times(count).flatMap((index) => [
      packet(index / 10, ['eth0', 'in'], from(10_000 + index), 'S', { seq: 1_000 * index + 1 }),
      packet(index / 10 + 0.01, ['eth0', 'in'], from(10_000 + index), 'P.', {
        seq: 1_000 * index + 2,
        payloadLength: 9,
      }),
      packet(
        index / 10 + 0.02,
        ['eth0', 'out'],
        { src: service, sport: 8_080, dst: client, dport: 10_000 + index },
        'R',
        { seq: 7 * index + 1 },
      ),
    ]),
  'attempts that are all refused at one instant': (count) =>
    times(count).flatMap((index) => [
      packet(index / 1e5, ['eth0', 'in'], from(10_000 + index), 'S', { seq: 1_000 * index + 1 }),
      packet(
        index / 1e5 + 1e-6,
        ['eth0', 'out'],
        { src: service, sport: 8_080, dst: client, dport: 10_000 + index },
        'R.',
        { ack: 1_000 * index + 2 },
      ),
    ]),
  'one connection of many packets': (count) =>
    times(count).map((index) =>
      packet(index / 100, ['eth0', 'in'], from(10_000), index === count - 1 ? 'R' : 'P.', {
        seq: index + 1,
        payloadLength: 1,
      }),
    ),
  'one SYN that is sent again and again': (count) =>
    times(count).map((index) => packet(index / 100, ['eth0', 'in'], from(10_000), 'S', { seq: 5 })),
  'one port that serves again and again': (count) =>
    times(count).map((index) =>
      packet(index / 100, ['eth0', 'in'], from(10_000), 'S', { seq: 10 * index + 5 }),
    ),
  'one flow that meets another with each packet': (count) =>
    times(count).flatMap((index) =>
      [index + 1, 0].map((leg) =>
        packet(1 + index / 1e4, ['eth0', 'in'], from(10_000 + leg), 'P.', {
          seq: index + 1,
          payloadLength: 9,
        }),
      ),
    ),
  'one packet that is translated from leg to leg': (count) =>
    times(count).map((index) =>
      packet(1 + index / 1e6, ['eth0', 'in'], from(count - index), 'P.', { seq: 5, payloadLength: 9 }),
    ),
};

describe('joining packets to connections', () => {
  for (const [what, make] of Object.entries(worlds))
    it(`is work in proportion: ${what}`, () => {
      const [once, sixfold] = [workOf(make(200)), workOf(make(1_200))];
      assert.ok(once > 0 && sixfold <= 7 * once, `${once} looks, and ${sixfold} for six times as much`);
    });

  it('is work in proportion where nobody saw it begin and entries name the client', () => {
    const world = (count: number) =>
      times(count).map((index) =>
        packet(1 + index / 1e4, ['eth0', 'in'], from(40_001), 'P.', { seq: index + 1, payloadLength: 1 }),
      );
    const entries = times(50).flatMap((index) => [
      firstEntry(index / 100, 40_001),
      firstEntry(index / 100 + 0.005, 40_001, 'destroy'),
    ]);
    const [once, sixfold] = [workOf(world(200), entries), workOf(world(1_200), entries)];
    assert.ok(once > 0 && sixfold <= 7 * once, `${once} looks, and ${sixfold} for six times as much`);
  });
});

describe('the index of entries', () => {
  it('is made in proportion, of one port that dials a thousand targets, too', () => {
    let copies = 0;
    const original = Array.prototype[Symbol.iterator];
    const entries = (count: number) =>
      times(count).flatMap((index): NodeEvent[] => {
        const event = firstEntry(index / 100, 40_001);
        return event.event === 'conntrack'
          ? [{ ...event, original: { ...event.original, dport: index } }]
          : [];
      });
    const workFor = (count: number) => {
      const made = entries(count).filter((event) => event.event === 'conntrack');
      copies = 0;
      // What is spread is iterated: a list that is copied for each entry shows here.
      Array.prototype[Symbol.iterator] = function* counted(this: unknown[]) {
        for (let index = 0; index < this.length; index += 1) {
          copies += 1;
          yield this[index];
        }
      } as typeof original;
      try {
        indexEntries(made);
      } finally {
        Array.prototype[Symbol.iterator] = original;
      }
      return copies;
    };
    const [once, sixfold] = [workFor(200), workFor(1_200)];
    assert.ok(sixfold <= 7 * Math.max(once, 1), `${once} and ${sixfold}`);
  });
});
