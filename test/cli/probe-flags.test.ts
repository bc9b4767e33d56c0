// What the probes' flags accept.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Problem } from '../../src/model/problem.ts';
import { byteSize } from '../../src/cli/byte-size.ts';
import { count, durationOption, port } from '../../src/cli/probe-flags.ts';

function refuses(parse: (text: string) => unknown, ...texts: string[]): void {
  for (const text of texts) {
    assert.throws(
      () => parse(text),
      (error) => error instanceof Problem && error.kind === 'usage',
      text,
    );
  }
}

test('a size is bytes, with a decimal or binary unit', () => {
  const parse = byteSize('--max-line', 1, 1_024 ** 3);
  assert.deepEqual(
    ['65536', '1B', '2kB', '64KiB', '1MB', '1MiB'].map(parse),
    [65_536, 1, 2_000, 65_536, 1_000_000, 1_048_576],
  );
  refuses(parse, '', '0', '-1', 'KiB', '64 KiB', '64kib', '2048MiB', '1e3', 'constructor');
});

test('a port is a number from the lowest allowed to 65535', () => {
  assert.deepEqual(['0', '8080', '65535'].map(port('--port', 0)), [0, 8_080, 65_535]);
  refuses(port('--port', 1), '0');
  refuses(port('--port', 0), '', '65536', '-1', '80a', '0x50', '8080.0', ' 80');
});

test('a count is a whole number from 1 up', () => {
  assert.deepEqual(['1', '10000'].map(count('--connections')), [1, 10_000]);
  refuses(count('--connections'), '', '0', '-3', '1.5', 'many', '1e3');
});

test('a duration has a default that the help shows as it would be typed', () => {
  const option = durationOption('-t, --period <time>', 'about', '1m30s');
  assert.deepEqual([option.defaultValue, option.defaultValueDescription], [90_000, '1m30s']);
});

test('a duration without a unit is seconds, for whichever flag', () => {
  for (const flag of ['-t, --period <time>', '--duration <time>', '--timeout <time>', '--deadline <time>']) {
    const option = durationOption(flag, 'about');
    const read = (text: string): unknown => option.parseArg?.(text, undefined);
    assert.deepEqual([read('10'), read('0.5')], [10_000, 500]);
    assert.throws(() => read('0'), /no time at all/);
  }
});
