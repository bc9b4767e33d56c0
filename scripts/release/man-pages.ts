// A manual page for each command, made of what its help says: netdebug.1, netdebug-lab-run.1 and so on.
import { buildProgram } from '../../src/cli/program.ts';
import { describe } from './man/described.ts';
import { page, pageName, type Edition } from './man/page.ts';

/** Pages by the names of their files. */
export async function manPages(edition: Edition): Promise<ReadonlyMap<string, string>> {
  const all = describe(await buildProgram([]));
  const names = all.map(({ words }) => pageName(words));
  return new Map(all.map((one) => [`${pageName(one.words)}.1`, page(one, names, edition)]));
}
