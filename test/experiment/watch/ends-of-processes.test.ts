// Of a burst the slice has the latest lines of a kernel alone: the end of the process that made it is the first of them, and stays.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createHeldAround } from '../../../src/experiment/watch/held-around.ts';
import { parseMicros } from '../../../src/model/clock.ts';
import { byServer, told } from '../../diagnose/kernel-events.ts';
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
