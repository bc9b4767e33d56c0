// Data packets of a watched port are held in memory by a tcpdump of their own, and asked for what a lost connection was doing.
import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { describe, it } from 'node:test';
import { sandboxArgv } from '../../src/lab/world/sandbox.ts';
import { watchLossSchema, type WatchLoss } from '../../src/model/watch-record.ts';
import { run } from '../../src/system/process.ts';
import { labSkip } from './netdebug.ts';

const asRoot = process.getuid?.() === 0;
const skip = (await labSkip()) || (!asRoot && 'needs root for the kernel events');
const inside = resolve(import.meta.dirname, 'watch-data-inside.ts');

interface Watched {
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly clients: Readonly<Record<'idle' | 'asking' | 'closed', number>>;
  readonly idleMs: number;
  readonly left: { readonly programs: readonly string[]; readonly mounts: readonly string[] };
}

async function watched(...words: string[]): Promise<Watched> {
  const argv = [...sandboxArgv(asRoot), process.execPath, inside, ...words];
  const { exitCode, stdout, stderr } = await run(argv, { timeoutMs: 120_000 });
  assert.equal(exitCode, 0, stderr);
  return JSON.parse(stdout) as Watched;
}

/** All that was said of one client's connection, in order. */
const saidOf = ({ stdout }: Watched, port: number): WatchLoss[] =>
  stdout
    .trimEnd()
    .split('\n')
    .flatMap((line) => watchLossSchema.safeParse(JSON.parse(line)).data ?? [])
    .filter(({ ends }) => ends.client?.port === port);

function assertTold(seen: Watched): void {
  const [idle, asking, closed] = (['idle', 'asking', 'closed'] as const).map((name) =>
    saidOf(seen, seen.clients[name]),
  );
  assert.ok(idle !== undefined && asking !== undefined && closed !== undefined);
  const last = idle.at(-1);
  assert.equal(last?.unanswered, 0, seen.stdout);
  assert.ok(Math.abs((last.idleMs ?? 0) - seen.idleMs) < 500, `${String(last.idleMs)} of ${seen.idleMs}`);
  assert.equal(asking.at(-1)?.unanswered, 3, seen.stdout);
  assert.ok((asking.at(-1)?.idleMs ?? 1e6) < 500, seen.stdout);
  assert.deepEqual([closed.at(-1)?.ended, closed.at(-1)?.unanswered], ['closed', 1], seen.stdout);
  // What is not known yet is not guessed.
  for (const { idleMs } of idle) assert.ok(idleMs === null || idleMs > 6_000, seen.stdout);
  for (const { unanswered } of asking) assert.ok(unanswered === null || unanswered === 3, seen.stdout);
}

describe('a watch of a port', { skip }, () => {
  it('tells for how long a connection was idle, and how many questions were open, from a ring in memory', async () => {
    // The kernel's own word of its sockets would tell for how long they were idle, too.
    const seen = await watched('SIGINT', 'all', '--without', 'sockets');
    assert.equal(seen.exitCode, 0, seen.stderr);
    assert.doesNotMatch(seen.stderr, /data packets/);
    assertTold(seen);
    assert.deepEqual(seen.left, { programs: [], mounts: [] });
  });

  it('killed leaves nothing', async () => {
    const seen = await watched('SIGKILL', 'all');
    assert.equal(seen.signal, 'SIGKILL');
    assert.deepEqual(seen.left, { programs: [], mounts: [] });
  });

  it('reads them one by one where it may not mount, and says so', async () => {
    const seen = await watched('SIGINT', 'no-mounts', '--without', 'sockets');
    assert.match(
      seen.stderr,
      /capture does not see everything: data packets are read one by one, which costs far more than to hold them in memory: it takes CAP_SYS_ADMIN \(unshare: .*not permitted\)/,
    );
    const asking = saidOf(seen, seen.clients.asking);
    assert.equal(asking.at(-1)?.unanswered, 3, seen.stdout);
  });
});
