import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { byteSize } from '../../src/cli/byte-size.ts';
import { Problem } from '../../src/model/problem.ts';

const parse = byteSize('--max-size', 1_024);

describe('a size', () => {
  it('is read with binary and decimal units', () => {
    assert.deepEqual(
      ['4096', '64KiB', '256MiB', '1.5GiB', '500MB', '2GB', '1kB'].map((text) => byteSize('--x', 1)(text)),
      [4_096, 65_536, 268_435_456, 1_610_612_736, 500_000_000, 2_000_000_000, 1_000],
    );
  });

  it('that is none, or too small, is refused with the name of the flag', () => {
    for (const text of ['', 'much', '12 MiB', '-1MiB', '1TiB', '1023', '1e9', 'MiB']) {
      assert.throws(
        () => parse(text),
        (error) =>
          error instanceof Problem && error.kind === 'usage' && error.message.startsWith('--max-size: '),
        text,
      );
    }
  });
});
