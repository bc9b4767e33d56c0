// Puts what commands print today into README and docs, where they show it.
//   npm run record:docs                 all of them, in about a minute, on a machine that does nothing else
//   npm run record:docs -- diagnose     one of them: diagnose, watch, repro
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { withBlockAfter } from './shown/blocks.ts';
import { shownCommands } from './shown/commands.ts';

const root = dirname(import.meta.dirname);
const wanted = process.argv.slice(2);
const names = shownCommands.map(({ name }) => name);
const unknown = wanted.find((name) => !names.includes(name));
if (unknown !== undefined) {
  console.error(`record-docs: does not know "${unknown}"; choose among: ${names.join(', ')}`);
  process.exit(64);
}
for (const { name, takes, print, places } of shownCommands) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  if (takes !== null) console.error(`record-docs: ${name}, which takes ${takes}`);
  const printed = await print();
  for (const { page, after, part } of places) {
    const path = join(root, page);
    writeFileSync(path, withBlockAfter(readFileSync(path, 'utf8'), after, part(printed)));
    console.error(`record-docs: ${name}: ${page}`);
  }
}
