// An observer's bound on the room that it takes, over a file of events that is rolled and captures that are let go.
import assert from 'node:assert/strict';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { readCapture } from '../packets/recording.ts';
import { labSkip } from './netdebug.ts';
import { observeResets, readEvents } from './observed-world.ts';

describe('an observer', { skip: await labSkip() }, () => {
  it('never takes more room than it may, and says what it let go', async (t) => {
    const { folder, exitCode, stderr } = await observeResets(t, 'SIGTERM', 2_500, '--max-size', '1MiB');
    assert.equal(exitCode, 0, stderr);
    const names = await readdir(join(folder, 'evidence/here'));
    let size = 0;
    for (const name of names) size += (await stat(join(folder, 'evidence/here', name))).size;
    assert.ok(size <= 1_048_576, `${size} bytes`);
    assert.ok(names.includes('events.1.ndjson'));
    assert.match(stderr, /^\S+ +limited +.*let go to stay within the bound on size/m);
    assert.ok((await readEvents(folder)).length > 100);
    for (const name of names.filter((one) => one.endsWith('.pcap'))) {
      const { records, problem } = readCapture(await readFile(join(folder, 'evidence/here', name)));
      assert.equal(problem, null, name);
      assert.ok(records.length > 0, name);
    }
  });
});
