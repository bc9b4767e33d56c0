// Evidence that was recorded where a scenario can be run, for machines where it cannot (scripts/guest); a checkout and a package have it beside them, the
// single file in it, an image has none.
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { getAssetKeys, getRawAsset, isSea } from 'node:sea';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The folder that "netdebug diagnose" reads; null where there is none. The single file's is unpacked for it, and gone when this process
 * ends. Throws what the file system says where that cannot be written.
 */
export function recordingOf(scenario: string): string | null {
  if (isSea()) return unpacked(`recordings/${scenario}/`);
  const folder = fileURLToPath(new URL(`../../recordings/${scenario}`, import.meta.url));
  return existsSync(folder) ? folder : null;
}

function unpacked(prefix: string): string | null {
  const files = getAssetKeys().filter((key) => key.startsWith(prefix));
  if (files.length === 0) return null;
  const folder = mkdtempSync(join(tmpdir(), 'netdebug-recording-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  for (const key of files) {
    const file = join(folder, key.slice(prefix.length));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, new Uint8Array(getRawAsset(key)));
  }
  return folder;
}
