// A process in a cgroup of its own uses more memory than it may, and the kernel kills it: seen by the cgroup's count and by the log.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { messageOf } from '../../src/model/problem.ts';
import { cgroupMemory } from '../../src/observe/cgroup-memory.ts';
import { kernelLog } from '../../src/observe/kernel-log.ts';
import { openKernelLog } from '../../src/observe/kernel-log/kmsg.ts';
import { findHierarchy, type MemoryCgroup } from '../../src/system/memory-hierarchy.ts';
import { isWholeMachine } from '../../src/observe/whole-machine.ts';
import { startWitness } from './start-witness.ts';

/** A string says why there can be none. */
function makeCgroup(): MemoryCgroup | string {
  if (process.platform !== 'linux') return 'needs Linux';
  const mounts = readFileSync('/proc/self/mountinfo', 'utf8');
  const hierarchy = findHierarchy(mounts);
  const cgroup = hierarchy?.folderOf(`0::/${name}\n1:memory:/${name}\n`);
  if (hierarchy === undefined || typeof cgroup !== 'object') return 'no memory cgroups are mounted here';
  const limit = hierarchy.version === 'v1' ? 'memory.limit_in_bytes' : 'memory.max';
  try {
    mkdirSync(cgroup.folder);
    if (!existsSync(join(cgroup.folder, limit))) {
      rmdirSync(cgroup.folder);
      return 'the memory controller is not given to cgroups here';
    }
    writeFileSync(join(cgroup.folder, limit), String(16 * 1_048_576));
    return cgroup;
  } catch (error) {
    return `no cgroup can be made here: ${messageOf(error)}`;
  }
}

const name = `netdebug-test-${process.pid}`;

function whyNoLog(): string | undefined {
  try {
    openKernelLog(() => undefined).close();
    return isWholeMachine('/proc/self') ? undefined : 'the log is of a machine that this is a part of';
  } catch (error) {
    return messageOf(error);
  }
}

describe('a process that the kernel kills for memory', () => {
  it("is told with its cgroup by the cgroup's count, and with its number by the kernel's log", async (t) => {
    const cgroup = makeCgroup();
    if (typeof cgroup === 'string') {
      t.skip(cgroup);
      return;
    }
    const noLog = whyNoLog();
    const script = `echo $$ > ${cgroup.folder}/cgroup.procs; echo in; read line; exec tail /dev/zero`;
    const victim = spawn('sh', ['-c', script], { stdio: ['pipe', 'pipe', 'inherit'] });
    const gone = once(victim, 'close') as Promise<[number | null, string | null]>;
    try {
      await once(victim.stdout, 'data');
      const counts = await startWitness(cgroupMemory);
      const log = noLog === undefined ? await startWitness(kernelLog) : undefined;
      const before = Date.now();
      victim.stdin.write('\n');
      assert.equal((await gone)[1], 'SIGKILL');
      await counts.run.stop();
      const told = counts.events.filter(
        (event) => event.event === 'cgroup-memory' && event.cgroup === cgroup.path,
      );
      assert.equal(told.length, 1, counts.raw.join('\n'));
      const [kill] = told;
      assert.ok(kill?.event === 'cgroup-memory' && kill.since <= kill.at);
      assert.deepEqual([kill.kills, kill.pod, kill.container], [1, null, null]);
      if (log === undefined) {
        t.diagnostic(`without the log: ${noLog}`);
        return;
      }
      const end = await log.run.stop();
      assert.equal(end.lost, 0);
      const lines = log.events.filter(
        (event) => event.event === 'kernel-log' && event.cgroup === cgroup.path,
      );
      assert.equal(lines.length, 1, log.raw.join('\n'));
      const [line] = lines;
      assert.ok(line?.event === 'kernel-log');
      assert.deepEqual(
        [line.kind, line.scope, line.process],
        ['oom-kill', 'here', { pid: victim.pid, command: 'tail', container: null, pod: null }],
      );
      const at = Date.parse(line.at);
      assert.ok(at >= before - 1_000 && at <= Date.now() + 1, line.at);
    } finally {
      victim.kill('SIGKILL');
      await gone;
      rmdirSync(cgroup.folder);
    }
  });
});
