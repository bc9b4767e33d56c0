// Compares with a file in test/golden, or writes it anew when UPDATE_GOLDEN=1 (`npm run test:all -- --update`).
import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** `name` is the file's path below test/golden. */
export async function assertGolden(name: string, actual: string): Promise<void> {
  const path = join(import.meta.dirname, 'golden', name);
  if (process.env['UPDATE_GOLDEN'] === '1') {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, actual);
    return;
  }
  const expected = await readFile(path, 'utf8').catch(() => undefined);
  if (expected === undefined) {
    assert.fail(`${name} does not exist; look at what it would be: npm run test:all -- --update`);
  }
  assert.equal(actual, expected, `${name} differs; if that is right: npm run test:all -- --update`);
}
