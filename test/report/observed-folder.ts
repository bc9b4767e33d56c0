// What `netdebug observe --out DIR` leaves, of a recorded run.
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { recordedNodes, recordedRuns } from '../diagnose/recorded.ts';

/** Goes with the test. */
export async function observedFolder(t: TestContext, run: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'netdebug-test-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  for (const node of recordedNodes) {
    const packed = await readFile(join(recordedRuns, run, 'evidence', node, 'events.ndjson.gz'));
    await mkdir(join(folder, 'evidence', node), { recursive: true });
    await writeFile(join(folder, 'evidence', node, 'events.ndjson'), gunzipSync(packed));
  }
  return folder;
}
