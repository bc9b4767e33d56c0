// The version of this program, from its package.json: two folders up in the checkout as in the published package.
import { readFileSync } from 'node:fs';

export function readVersion(): string {
  const file = new URL('../../package.json', import.meta.url);
  // No schema: it is our own file, and the library would make every start slower.
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
