// What passes after a capture was told to end is told by nobody else, and not kept.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Micros } from '../../src/model/clock.ts';
import { createInterfaceNames } from '../../src/observe/interface-names.ts';
import { keepPackets } from '../../src/observe/kept-packets.ts';
import { readCapture, recorded } from '../packets/recording.ts';
import { contextThatKeeps } from './start-witness.ts';

const file = recorded('looped-flow.pcap');
const { records } = readCapture(file);
const last = records.at(-1)?.at ?? 0;

/** What is kept of the recording when the capture was told to end at a moment of it, before any of it was read. */
function endedAt(now: Micros) {
  const { context, events } = contextThatKeeps();
  const clock = { now: () => now, monotonic: () => 0 };
  const keeper = keepPackets({ ...context, clock }, createInterfaceNames(null));
  keeper.read([], undefined);
  keeper.begin();
  assert.equal(keeper.endNow(), now);
  keeper.push(file);
  return { keeper, kept: events.flatMap(({ event, at }) => (event === 'packet' ? [at] : [])) };
}

describe('a capture that was told to end', () => {
  it('keeps what passed before, however late it comes', () => {
    const { keeper, kept } = endedAt(last);
    assert.equal(keeper.isPastEnd(), false);
    assert.equal(keeper.end(), `${records.length} packets seen, ${records.length} kept`);
    assert.equal(kept.length, records.length);
  });

  it('keeps nothing that passed later than its clock may be wrong, and waits for no more', async () => {
    // The recording's packets before the reset are within some milliseconds of each other; the end comes 30 ms before them all.
    const { keeper, kept } = endedAt((records[0]?.at ?? 0) - 30_000);
    assert.equal(keeper.isPastEnd(), true);
    assert.equal(keeper.end(), '0 packets seen, 0 kept');
    assert.deepEqual(kept, []);
    await keeper.quiet(60_000, 60_000);
  });
});
