// The version of this program, from its package.json: two folders up in the checkout as in the published package.
import { readFileSync } from 'node:fs';
import { z } from '../model/schema.ts';

const packageSchema = z.object({ version: z.string() });

export function readVersion(): string {
  const file = new URL('../../package.json', import.meta.url);
  return packageSchema.parse(JSON.parse(readFileSync(file, 'utf8'))).version;
}
