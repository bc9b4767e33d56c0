// What must not be missing from a slice, since its witness is known to have run: then it would seem that nothing was.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createHeldAround } from '../../../src/experiment/watch/held-around.ts';
import { parseMicros } from '../../../src/model/clock.ts';
import { byServer, told } from '../../diagnose/kernel-events.ts';
import { moves } from '../../diagnose/facts/address-owner-rows.ts';
import { source } from '../../diagnose/made-by-hand.ts';
import { at, server } from '../../diagnose/story-events.ts';

it('whom the kernel chose to kill is there however many sockets were closed by that', () => {
  const held = createHeldAround('node-1', 60_000);
  held.take(told(1, 'oom-victim', null, { target: byServer.process, targetTask: 4_711 }));
  for (let place = 0; place < 2_000; place += 1) {
    const tuple = { src: server, sport: 8_080, dst: '10.1.0.33', dport: 20_000 + place };
    held.take(told(1.01 + place / 1e5, 'set-state', tuple, { ...byServer, task: 4_711 }));
  }
  const kinds = (from: number) =>
    Map.groupBy(held.around([server], parseMicros(at(from)), null), (event) =>
      event.event === 'kernel' ? event.tracepoint : event.event,
    );
  assert.equal(kinds(0).get('oom-victim')?.length, 1);
  assert.equal(kinds(0).get('set-state')?.length, 600);
  assert.equal(kinds(1.005).get('oom-victim'), undefined);
});

it('an owner of an address that changed is there, and makes what was found look old', () => {
  const held = createHeldAround('node-1', 60_000);
  const { version } = held;
  held.take(moves(2, [0, 1]));
  assert.ok(held.version > version);
  const all = held.around([server], parseMicros(at(1)), null);
  assert.deepEqual(
    all.filter(({ event }) => event === 'neighbour'),
    [moves(2, [0, 1])],
  );
});

it('of a witness that reads at intervals it is known until when it has read, be it that nothing had moved', () => {
  const held = createHeldAround('node-1', 60_000);
  for (const name of ['rule-counters', 'ip-monitor']) held.take(source(name, 'started'));
  const readings = () =>
    held
      .around([server], parseMicros(at(0)), null)
      .flatMap((event) => (event.event === 'source' ? [[event.source, event.readUntil]] : []));
  assert.deepEqual(readings(), [
    ['rule-counters', undefined],
    ['ip-monitor', undefined],
  ]);
  held.read('rule-counters', parseMicros(at(4)));
  held.read('rule-counters', parseMicros(at(3)));
  assert.deepEqual(readings(), [
    ['rule-counters', at(4)],
    ['ip-monitor', undefined],
  ]);
});
