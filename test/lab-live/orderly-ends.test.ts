// How a connection ended in order, of which no packet with data was captured: what its sockets knew at their end, and who closed first.
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import type { NodeEvent } from '../../src/model/node-event.ts';
import { sandboxArgv } from '../../src/lab/world/sandbox.ts';
import type { SocketEvent } from '../../src/observe/sockets/connection-event.ts';
import { run } from '../../src/system/process.ts';
import { labSkip, newFolder } from './netdebug.ts';
import { readEvents } from './observed-world.ts';

const inside = resolve(import.meta.dirname, 'orderly-ends-inside.ts');
const skip = await labSkip();

async function observeEnds(t: TestContext) {
  const folder = await newFolder(t);
  const argv = [...sandboxArgv(process.getuid?.() === 0), process.execPath, inside, folder];
  const { exitCode, stdout, stderr } = await run(argv, { timeoutMs: 60_000 });
  assert.equal(exitCode, 0, stderr);
  const pids = JSON.parse(stdout) as { readonly earlyPid: number; readonly pid: number };
  return { folder, pids, events: await readEvents(folder) };
}

const isEnd = (event: NodeEvent): event is SocketEvent =>
  event.event === 'socket' && event.change === 'destroyed';

/** The end by the port that was dialled: `side`, what was last, whether its FIN was acknowledged, and what was left unread. */
function endsOf(events: readonly NodeEvent[], port: number) {
  const ends = events.filter(isEnd);
  const short = ({ side, lastData, finAcknowledged, unread }: SocketEvent) => [
    side,
    lastData,
    finAcknowledged,
    unread,
  ];
  const of = (key: 'sport' | 'dport') =>
    short(ends.find(({ tuple }) => tuple[key] === port) ?? assert.fail(`no end of ${port}`));
  return { client: of('dport'), server: of('sport') };
}

const answered = { client: ['client', 'received', true, 0], server: ['server', 'sent', true, 0] };
const unanswered = { client: ['client', 'sent', true, 0], server: ['server', 'received', true, 0] };

describe('what sockets know at their end', { skip }, () => {
  it('tells an answered connection from one whose last question nobody answered, whoever closed', async (t) => {
    const { folder, pids, events } = await observeEnds(t);
    assert.deepEqual(endsOf(events, 7000), answered, 'the client closes after the last answer');
    assert.deepEqual(endsOf(events, 7001), answered, 'the server closes while nothing is asked');
    assert.deepEqual(endsOf(events, 7002), unanswered, 'the server read a question and closed');
    // Of many questions that were sent before the first answer nobody can tell how many were answered.
    assert.deepEqual(endsOf(events, 7003), answered, 'half of ten questions were answered');
    // A goodbye looks like a question: that the client closed first tells them apart, which the sockets do not.
    assert.deepEqual(endsOf(events, 7004), unanswered, 'the client says goodbye');
    assert.deepEqual(endsOf(events, 7005), unanswered, 'the client gave up');
    // Unread bytes make the end a RST, and nobody acknowledges a FIN.
    const unread = endsOf(events, 7100);
    assert.deepEqual(unread.server, ['server', 'received', false, 20]);
    assert.deepEqual(unread.client.slice(1), ['sent', null, 0]);

    // It came and went between two lists.
    const short = events.filter(isEnd).find(({ tuple }) => tuple.sport === 6999);
    assert.deepEqual(
      [short?.process?.pid, short?.process?.command, short?.ownerBy],
      [pids.earlyPid, 'node', 'listener'],
    );

    // What programs were started with stands nowhere.
    const files = await readdir(join(folder, 'evidence/here'));
    assert.ok(files.includes('sockets.log') && files.includes('events.ndjson'));
    for (const file of files)
      assert.doesNotMatch(await readFile(join(folder, 'evidence/here', file), 'utf8'), /hunter2/, file);
  });
});
