// What the runs' seeds are made from: the models' own source, so that nobody can have seen the runs while writing the models.
import { createHash } from 'node:crypto';
import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';

const modelFiles = ['src/diagnose/**/*.ts', 'src/causes/*/cause.ts'];

/** SHA-256, in hexadecimal digits, of every file that the logic is written in, names included. `root` is the repository. */
export async function modelsHash(root: string): Promise<string> {
  const files = (await Array.fromAsync(glob(modelFiles, { cwd: root }))).sort();
  if (files.length === 0) throw new Error(`there are no models in ${root}`);
  const hash = createHash('sha256');
  for (const file of files)
    hash
      .update(`${file}\0`)
      .update(await readFile(join(root, file)))
      .update('\0');
  return hash.digest('hex');
}

/** The seed of one run: 31 bits, as `lab run` takes them, that follow from the models and from which run it is. */
export function seedOf(models: string, run: string, index: number): number {
  return createHash('sha256').update(`${models} ${run} ${index}`).digest().readUInt32BE(0) >>> 1;
}
