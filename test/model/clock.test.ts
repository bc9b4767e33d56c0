import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatMicros, parseMicros, systemClock } from '../../src/model/clock.ts';

describe('times', () => {
  it('keep their microseconds when written and read again', () => {
    const text = '2026-11-23T05:13:00.902130Z';
    assert.equal(parseMicros(text), Date.UTC(2026, 10, 23, 5, 13, 0) * 1_000 + 902_130);
    assert.equal(formatMicros(parseMicros(text)), text);
  });

  it('are read with another offset, with fewer and with more digits', () => {
    assert.equal(parseMicros('2026-11-23T06:13:00.5+01:00'), parseMicros('2026-11-23T05:13:00.500000Z'));
    assert.equal(parseMicros('2026-11-23T05:13:00Z'), parseMicros('2026-11-23T05:13:00.000000Z'));
    assert.equal(
      parseMicros('2026-11-23T05:13:00.123456789Z'),
      parseMicros('2026-11-23T05:13:00.123456Z') + 0.789,
    );
  });

  it('are NaN when they are none', () => {
    for (const text of ['', 'now', '2026-11-23', '2026-11-23T05:13:00', '2026-13-45T99:99:99Z']) {
      assert.equal(Number.isNaN(parseMicros(text)), true, text);
    }
  });

  it('of the system clock agree with Date.now to 25 ms and never go back', () => {
    const clock = systemClock();
    let last = 0;
    for (let round = 0; round < 1_000; round += 1) {
      const before = Date.now();
      const now = clock.now();
      const after = Date.now();
      assert.ok(now >= last, `${now} after ${last}`);
      assert.ok(now / 1_000 >= before - 25 && now / 1_000 <= after + 25, `${before} ${now} ${after}`);
      last = now;
    }
  });
});
