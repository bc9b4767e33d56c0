import assert from 'node:assert/strict';
import { it } from 'node:test';
import { startProgram } from '../../src/system/process.ts';

// Held up for 200 ms each time that its socket is full, it would take half a minute.
it(
  'a program whose output is gathered is not held up where it writes much',
  { timeout: 15_000 },
  async () => {
    let taken = 0;
    const program = startProgram(['dd', 'if=/dev/zero', 'bs=144', 'count=40000'], {
      gatherMs: 200,
      onStdout: ({ length }) => void (taken += length),
    });
    assert.equal((await program.exited).exitCode, 0);
    assert.equal(taken, 144 * 40_000);
  },
);
