// A part of the measurement in a private world, which ends with it.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { endingWithUs } from '../../src/system/ending-with-us.ts';
import type { InsideResults, InsideSpec } from './inside.ts';

/** Rejects when it fails. What it says while it goes on is on our stderr. */
export async function runInside<Part extends InsideSpec['part']>(
  sandbox: readonly string[],
  spec: InsideSpec & { readonly part: Part },
): Promise<InsideResults[Part]> {
  const inside = join(import.meta.dirname, 'inside.ts');
  const [file = '', ...words] = endingWithUs([...sandbox, process.execPath, inside, JSON.stringify(spec)]);
  const child = spawn(file, words, { stdio: ['ignore', 'pipe', 'inherit'] });
  let printed = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text));
  const code = await new Promise<number | null>((done, failed) => {
    child.once('error', failed);
    child.once('close', done);
  });
  if (code !== 0) throw new Error(`the part "${spec.part}" ended with ${String(code)}`);
  return JSON.parse(printed) as InsideResults[Part];
}
