import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { labSkip, newFolder, readProbeEvents, startNetdebug } from './netdebug.ts';

const skip = await labSkip();

/** What a run could leave behind on the host. */
function hostState(): Record<string, readonly string[]> {
  const text = (...words: [string, ...string[]]) =>
    execFileSync(words[0], words.slice(1), { encoding: 'utf8' }).trim().split('\n').sort();
  const ruleset = (table: string) => {
    const lines = text('iptables-save', '-t', table);
    // Comments carry the time of the call.
    return lines.filter((line) => !line.startsWith('#'));
  };
  return {
    links: text('ip', '-brief', 'link').map((line) => line.split(/\s+/)[0] ?? ''),
    rules: text('ip', 'rule'),
    routes: text('ip', 'route'),
    namespaces: text('ip', 'netns'),
    mounts: readFileSync('/proc/self/mountinfo', 'utf8').trim().split('\n').sort(),
    ...(process.getuid?.() === 0 ? { nat: ruleset('nat'), filter: ruleset('filter') } : {}),
  };
}

interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly netns: string;
}

function processes(): Process[] {
  return readdirSync('/proc')
    .filter((entry) => /^[0-9]+$/.test(entry))
    .flatMap((entry) => {
      try {
        // The fourth field; the second, the name in brackets, may hold anything.
        const stat = readFileSync(`/proc/${entry}/stat`, 'utf8');
        const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
        return [{ pid: Number(entry), parent, netns: readlinkSync(`/proc/${entry}/ns/net`) }];
      } catch {
        return [];
      }
    });
}

/** The run's own processes: those below the one that we started. Other labs may live on this machine. */
function below(root: number): Process[] {
  const all = processes();
  const found: Process[] = all.filter(({ pid }) => pid === root);
  for (const { pid } of found) found.push(...all.filter(({ parent }) => parent === pid));
  return found;
}

async function until(condition: () => boolean, what: string): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (!condition()) {
    assert.ok(performance.now() < deadline, `still waiting: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe('a run that is killed in its middle', { skip }, () => {
  for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
    it(`by ${signal} leaves nothing on the host, and its folder can be read`, async (t) => {
      const before = hostState();
      const folder = await newFolder(t);
      const run = startNetdebug('lab', 'run', '--duration', '60s', '--out', folder);
      await run.said('running 4 classes');
      const accepted = () => readFileSync(join(folder, 'events.ndjson'), 'utf8').includes('"accepted"');
      await until(accepted, 'the server has accepted somebody');
      const own = below(run.child.pid ?? -1);
      const namespaces = new Set(own.map(({ netns }) => netns));
      namespaces.delete(readlinkSync('/proc/self/ns/net'));
      // Server, four clients and the observers, in the pods and nodes.
      assert.ok(own.length > 10, `${own.length} processes`);
      assert.ok(namespaces.size >= 4, [...namespaces].join(' '));
      run.child.kill(signal);
      const { exitCode } = await run.ended;
      assert.equal(exitCode, signal === 'SIGKILL' ? null : 130);
      const alive = () =>
        processes().filter(({ pid, netns }) => own.some((one) => one.pid === pid) || namespaces.has(netns));
      await until(() => alive().length === 0, 'every process of the run, and in its namespaces, is gone');
      await until(() => JSON.stringify(hostState()) === JSON.stringify(before), 'the host is as it was');
      assert.deepEqual(hostState(), before);
      assert.ok((await readProbeEvents(folder)).some((event) => event.event === 'accepted'));
    });
  }
});
