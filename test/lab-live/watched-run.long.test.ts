// A run whose nodes are watched besides: what the watchers say is kept in its folder, and is what happened there.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { it } from 'node:test';
import { readWatched, type Watched } from '../../bench/diagnosis/watched.ts';
import { watchLogFile } from '../../src/run-folder/layout.ts';
import { labRun, labSkip } from './netdebug.ts';

const skip = process.getuid?.() === 0 ? await labSkip() : 'needs root';

it('`lab run --watch` keeps what the watcher of each node printed, to its summary', { skip }, async (t) => {
  const { folder, exitCode, stderr } = await labRun(
    t,
    ...['policy-reject', '--watch', '--duration', '4s', '--expect', 'any'],
  );
  assert.equal(exitCode, 0, stderr);
  const server = readWatched(await readFile(watchLogFile(folder, 'node-1'), 'utf8'));
  const client = readWatched(await readFile(watchLogFile(folder, 'node-2'), 'utf8'));
  assert.deepEqual([server.summary.node, client.summary.node], ['node-1', 'node-2']);
  // Other worlds of this machine may have the same addresses.
  const ours = server.losses.filter(({ ends }) => ends.server.port === 8_080);
  assert.ok(ours.length > 0);
  assert.ok(ours.some(({ cause, author }) => cause.id === 'policy-reject' && author.id === 'node-rule'));
  // What passes between two pods of the one node is nothing that the other's watcher can know.
  const clientsOf = ({ losses }: Watched) => new Set(losses.map(({ ends }) => ends.client?.address));
  assert.ok(clientsOf(server).has('10.44.0.33'));
  assert.deepEqual([...clientsOf(client)], ['10.44.1.21']);
  assert.match(stderr, /watch-node-1\.log/);
});
