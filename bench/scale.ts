// How the mesh's plan, its traffic and its series grow with the cluster.
//   npm run bench:scale -- [--json] [--write]    --write keeps the result in docs/scale.md
import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { SizeFigures } from './scale/measure.ts';
import { growthPicture, scalePage, type ScaleFigures } from './scale/page.ts';
import { idleQuestion, seriesPerAgent } from './scale/traffic.ts';

const { values: flags } = parseArgs({
  options: { json: { type: 'boolean', default: false }, write: { type: 'boolean', default: false } },
});
const sizes = [100, 1_000, 5_000, 15_000].map((size) => {
  process.stderr.write(`${size} nodes\n`);
  const words = [join(import.meta.dirname, 'scale/measure.ts'), String(size)];
  return JSON.parse(execFileSync(process.execPath, words, { encoding: 'utf8' })) as SizeFigures;
});
const figures: ScaleFigures = {
  sizes,
  series: await seriesPerAgent(0),
  seriesWithPairs: await seriesPerAgent(22),
  question: await idleQuestion(),
  date: new Date().toISOString().slice(0, 10),
};
const page = scalePage(figures);
process.stdout.write(flags.json ? `${JSON.stringify(figures, null, 1)}\n` : page);
if (flags.write) {
  const docs = resolve(import.meta.dirname, '../docs');
  await mkdir(join(docs, 'scale'), { recursive: true });
  await writeFile(join(docs, 'scale.md'), page);
  await writeFile(join(docs, 'scale/growth.svg'), growthPicture(figures));
}
