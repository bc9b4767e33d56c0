// With real processes, which end.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { openMachineProc } from '../../../src/observe/kernel/machine-proc.ts';
import { createProcesses } from '../../../src/observe/kernel/processes.ts';
import { namespaceOf } from '../../../src/observe/pod-namespaces.ts';

const machine = { folder: '/proc', ownNumberOf: (pid: number) => pid };
const names = { of: () => ({ pod: 'shop/redis', container: 'redis' }) };

function watched() {
  let now = 0;
  const processes = createProcesses({ machine, names, monotonic: () => now });
  return { processes, later: (ms: number) => (now += ms) };
}

describe('a process that the kernel names by its number', () => {
  it('is known by its program, container, pod and network after it is gone, where it was met before', async () => {
    const { processes, later } = watched();
    const child = spawn('sleep', ['60']);
    await once(child, 'spawn');
    const pid = child.pid ?? -1;
    const known = {
      ...{ pid, command: 'sleep', container: 'redis', pod: 'shop/redis' },
      namespace: namespaceOf('/proc/self'),
    };
    processes.meet();
    child.kill('SIGKILL');
    await once(child, 'close');
    later(20_000);
    assert.deepEqual(processes.identify(pid), known);
    processes.meet();
    assert.deepEqual(processes.identify(pid), known);
    // Nobody asks for it any more, and its number may be another's.
    later(40_000);
    processes.meet();
    assert.equal(processes.identify(pid).command, null);
  });

  it('keeps its network when it has ended and its parent does not care', async () => {
    const { processes, later } = watched();
    const parent = spawn('sh', ['-c', 'sleep 60 & echo $!; exec sleep 61']);
    const [said] = (await once(parent.stdout, 'data')) as [Buffer];
    const pid = Number(said.toString());
    processes.meet();
    process.kill(pid, 'SIGKILL');
    while (!/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8')))
      await new Promise((resolve) => setTimeout(resolve, 5));
    later(5_000);
    assert.equal(processes.identify(pid).namespace, namespaceOf('/proc/self'));
    parent.kill('SIGKILL');
    await once(parent, 'close');
  });

  it('that has become another program is known as that', async () => {
    const { processes, later } = watched();
    const child = spawn('sh', ['-c', 'echo ready; read line; exec sleep 60']);
    await once(child.stdout, 'data');
    const pid = child.pid ?? -1;
    processes.meet();
    assert.equal(processes.identify(pid).command, 'sh');
    child.stdin.write('\n');
    while (readFileSync(`/proc/${pid}/comm`, 'utf8') !== 'sleep\n')
      await new Promise((resolve) => setTimeout(resolve, 5));
    later(2_000);
    processes.meet();
    child.kill('SIGKILL');
    await once(child, 'close');
    later(2_000);
    assert.equal(processes.identify(pid).command, 'sleep');
  });

  it('is a number and nothing else where nothing can be looked up', () => {
    const processes = createProcesses({ machine: null, names, monotonic: () => 0 });
    processes.meet();
    assert.equal(processes.canBeLookedUp, false);
    assert.deepEqual(processes.identify(process.pid), {
      ...{ pid: process.pid, command: null, container: null, pod: null },
      namespace: undefined,
    });
  });

  it('is the one whose thread was running, while that is there', () => {
    const { processes } = watched();
    assert.equal(processes.leaderOf(process.pid), process.pid);
    assert.equal(processes.leaderOf(2 ** 30), null);
  });
});

describe("the machine's /proc", () => {
  it('is our own where we are known by the same number', async () => {
    const found = await openMachineProc(process.pid);
    assert.deepEqual([found?.folder, found?.ownNumberOf(1)], ['/proc', 1]);
    found?.release();
  });

  it('is none where the kernel did not say who we are, or no /proc below ours has us by that number', async () => {
    assert.equal(await openMachineProc(null), null);
    assert.equal(await openMachineProc(process.pid + 1), null);
  });
});
