// A folder of its own for a program that is not ours: where it keeps its files, and reads what it is told.
import { chown, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Makes the folder with these files in it, and gives it to `owner`, who alone may enter. The folder must not be there yet. */
export async function makeProgramFolder(
  folder: string,
  files: Readonly<Record<string, string>>,
  owner: number | null,
): Promise<void> {
  await mkdir(dirname(folder), { recursive: true, mode: 0o755 });
  await mkdir(folder, { mode: 0o700 });
  for (const [name, text] of Object.entries(files))
    await writeFile(join(folder, name), text, { mode: 0o644 });
  if (owner !== null) await chown(folder, owner, owner);
}
