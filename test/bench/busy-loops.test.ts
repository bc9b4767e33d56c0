import assert from 'node:assert/strict';
import { getPriority } from 'node:os';
import { it } from 'node:test';
import { besideBusyLoops } from '../../bench/diagnosis/busy-loops.ts';

// Who was made to wait may not ask for the usual priority again, unless root.
const skip = process.getuid?.() !== 0 && getPriority() > 0;

it(
  'loops run beside the work at the usual priority, and are gone after it, also when it fails',
  { skip },
  async () => {
    const seen: number[] = [];
    const work = besideBusyLoops(2, (pids) => {
      seen.push(...pids);
      assert.deepEqual(
        pids.map((pid) => getPriority(pid)),
        [0, 0],
      );
      return Promise.reject(new Error('broken off'));
    });
    await assert.rejects(work, /broken off/);
    assert.equal(seen.length, 2);
    for (const pid of seen) assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' });
  },
);
