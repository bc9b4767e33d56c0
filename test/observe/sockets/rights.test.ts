import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { socketRights } from '../../../src/observe/sockets/rights.ts';
import type { Capability } from '../../../src/system/capabilities.ts';

const rightsWith = (lacking: readonly Capability[], noPods: string | null = null, seesProcesses = true) =>
  socketRights(
    { pods: { blindness: () => noPods }, seesProcesses },
    { missing: (wanted) => wanted.filter((one) => lacking.includes(one)) },
  );

describe('what the witness of sockets says of its rights', () => {
  it('is nothing where it has them', () => {
    assert.deepEqual(rightsWith([]), { mayEnter: true, limit: null });
  });

  it('is that pods cannot be entered', () => {
    const { mayEnter, limit } = rightsWith(['CAP_SYS_ADMIN']);
    assert.deepEqual([mayEnter, limit?.blindTo], [false, ['pods']]);
    assert.equal(
      limit?.text,
      'the sockets of pods cannot be seen: to enter their network takes CAP_SYS_ADMIN',
    );
  });

  it('is that owners cannot be seen', () => {
    const { limit } = rightsWith(['CAP_SYS_PTRACE']);
    assert.match(
      limit?.text ?? '',
      /network takes CAP_SYS_PTRACE; whose the sockets of other users' processes are/,
    );
  });

  it("is that other users' descriptors can neither be listed nor looked at", () => {
    const { limit, mayEnter } = rightsWith(['CAP_DAC_OVERRIDE', 'CAP_DAC_READ_SEARCH', 'CAP_SYS_PTRACE']);
    assert.match(
      limit?.text ?? '',
      /processes are cannot be seen: it takes CAP_DAC_READ_SEARCH and CAP_SYS_PTRACE$/,
    );
    assert.equal(mayEnter, false);
    assert.equal(
      rightsWith(['CAP_DAC_READ_SEARCH']).limit,
      null,
      'one of the two that open folders is enough',
    );
  });

  it('is that it takes hostPID', () => {
    const { limit } = rightsWith([], 'pods cannot be seen: it takes hostPID: true', false);
    assert.match(
      limit?.text ?? '',
      /^pods cannot be seen: .*; whose the sockets are cannot be seen: .* hostPID: true$/,
    );
    assert.deepEqual(limit?.blindTo, ['pods']);
  });
});
