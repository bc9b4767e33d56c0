// A port that a translation gives to another connection while the first one lives at the server: what is whose.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { causeModels } from '../../../src/causes/index.ts';
import { diagnoseWire } from '../../../src/diagnose/diagnose.ts';
import type { NodeEvent } from '../../../src/model/node-event.ts';
import { packet, ran, source } from '../made-by-hand.ts';
import { answers, asks, opened, seen, there, toClient, toServer, tupleOf } from './on-the-wire.ts';

/** At the server's end: another connection is opened from the port of one that it knows, and goes on after that one is reset. */
const first = [...opened(1), asks(1.5), answers(1.501)];
const newcomer = [
  toServer(3, 'S', { seq: 90_001 }),
  toClient(3.0001, '.', { seq: 510, ack: 11 }),
  toServer(3.0002, 'R', { seq: 11 }),
  toServer(3.01, 'S', { seq: 90_001 }),
  toClient(3.0101, 'S.', { seq: 7_000, ack: 90_002 }),
  toServer(3.0102, '.', { seq: 90_002, ack: 7_001 }),
];
const isBare = ({ flags }: { readonly flags: string }) => flags === '.';

describe('the RST of who opens on a live port', () => {
  it('ends the connection that was there, and not its own', () => {
    const { lost, all } = seen([...first, ...newcomer]);
    assert.deepEqual(lost, ['reset while idle']);
    assert.ok((all[0]?.bornAt ?? 0) < (all[0]?.failedAt ?? 0) - 1_000_000, 'the one that was born before');
  });

  it('does so, too, where nothing but openings and ends was captured', () => {
    const events = [...first, ...newcomer].filter((one) => !isBare(one) && one.payloadLength === 0);
    assert.deepEqual(
      seen(events).all.map(({ failure }) => failure),
      ['reset'],
    );
  });

  it('is no loss where only the newcomer is seen, as at its own end', () => {
    assert.deepEqual(seen(newcomer).lost, []);
    assert.deepEqual(seen(newcomer.filter((one) => !isBare(one))).lost, []);
  });

  it('is no loss of the newcomer where its opening found no port at first', () => {
    const second = { address: '10.1.0.77', port: 52_000 };
    const own = (seconds: number, flags: string, more: { seq: number; ack?: number }) =>
      flags.includes('.')
        ? packet(seconds, ['cali-second', 'out'], tupleOf(there, second), flags, more)
        : packet(seconds, ['cali-second', 'in'], tupleOf(second, there), flags, { ...more, ttl: 64 });
    const [opens, acknowledged, reset, again, made] = newcomer;
    const events = [
      ...first,
      own(2, 'S', { seq: 90_001 }),
      own(2.9999, 'S', { seq: 90_001 }),
      ...[opens, acknowledged].flatMap((one) => one ?? []),
      own(3.00011, '.', { seq: 510, ack: 11 }),
      own(3.00015, 'R', { seq: 11 }),
      ...[reset].flatMap((one) => one ?? []),
      own(3.0099, 'S', { seq: 90_001 }),
      ...[again, made].flatMap((one) => one ?? []),
      own(3.0102, 'S.', { seq: 7_000, ack: 90_002 }),
    ];
    const { all } = seen(events);
    assert.deepEqual(
      all.map(({ client, failure }) => [client?.address, failure]),
      [['10.1.0.33', 'reset']],
    );
  });

  it('does not make a connection of an attempt that found no port for long, and was given up', () => {
    const [opens, acknowledged, reset] = newcomer;
    const events = [
      toServer(2, 'S', { seq: 90_001 }),
      ...[opens, acknowledged, reset].flatMap((one) => one ?? []),
    ];
    assert.deepEqual(
      seen(events).lost.filter((one) => !one.endsWith('connecting')),
      [],
    );
  });

  it('is of the attempt where it was never answered, and not sent again', () => {
    const events = [toServer(3, 'S', { seq: 90_001 }), toServer(3.2, 'R', { seq: 90_002 })];
    assert.equal(seen(events).all.length, 1);
  });

  it('is the one that counts, where another connection of the port was reset just before this one began', () => {
    const late = toClient(0.998, 'R', { seq: 77 });
    const events = [late, ...first, ...newcomer].filter((one) => !isBare(one) && one.payloadLength === 0);
    const findings = diagnoseWire(
      [...ran('capture'), ...events, source('capture', 'stopped', { seconds: 9, lost: 0 })],
      causeModels,
    );
    const told = findings.map(({ suspects }) => suspects.join());
    assert.equal(told.filter((one) => one.includes('nobody')).length, 1, told.join(' | '));
  });

  it('is nobody’s rule, and names none, whatever else was watched', () => {
    const nodes: NodeEvent[] = [
      ...ran('capture'),
      ...first,
      ...newcomer,
      source('capture', 'stopped', { seconds: 9, lost: 0 }),
    ];
    const [finding] = diagnoseWire(nodes, causeModels);
    assert.ok(finding !== undefined);
    const { cause, suspects, rivals } = finding;
    assert.equal(cause, 'unknown');
    assert.ok(suspects.includes('nobody'), suspects.join());
    assert.ok(
      rivals.some((rival) => rival.cause === 'port-clash'),
      rivals.map((one) => one.cause).join(),
    );
    assert.ok(!rivals.some((rival) => rival.cause === 'policy-reject'));
  });
});
