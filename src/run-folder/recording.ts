// The recorded runs of a checkout (scripts/record-runs.ts), each unpacked into a folder as "netdebug lab run" leaves it.
import { existsSync } from 'node:fs';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';

const recordings = fileURLToPath(new URL('../../test/recorded/runs', import.meta.url));

/**
 * Hands the recorded run of a scenario, unpacked into a folder that is gone afterwards, to `use`. Null where there is none: packages and
 * images are without.
 */
export async function withRecording<T>(
  scenario: string,
  use: (folder: string) => Promise<T>,
): Promise<T | null> {
  const recording = join(recordings, scenario);
  if (!existsSync(recording)) return null;
  const folder = await mkdtemp(join(tmpdir(), 'netdebug-recorded-'));
  try {
    await cp(recording, folder, { recursive: true });
    for (const name of await readdir(folder, { recursive: true })) {
      if (!name.endsWith('.gz')) continue;
      const file = join(folder, name);
      await writeFile(file.slice(0, -'.gz'.length), gunzipSync(await readFile(file)));
      await rm(file);
    }
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}
