// One run in any of the formats.
import { Problem } from '../model/problem.ts';
import type { RunRecord } from '../model/run-record.ts';
import type { Format, ShownRun } from '../report/formats/format.ts';
import { html } from '../report/formats/html.ts';
import { formats } from '../report/formats/index.ts';
import type { TextStyle } from '../report/text-style.ts';
import { checkRunFolder, readRunRecord } from '../run-folder/read-record.ts';
import { readProofs, readRun } from './read-run.ts';
import { writeReport } from '../run-folder/write-record.ts';

/** Throws a usage Problem when the folder holds no run, or no readable run.json and the format needs one. */
export async function renderRun(folder: string, format: Format, style?: TextStyle): Promise<string> {
  return format.needs === 'record'
    ? format.renderRun(await neededRecord(folder), style)
    : format.renderRun(await readShown(folder));
}

/** Writes the run's page to report.html in its folder, `path`, and returns what it shows. */
export async function writeRunPage(folder: string): Promise<ShownRun & { readonly path: string }> {
  const shown = await readShown(folder);
  return { ...shown, path: await writeReport(folder, html.fileName, html.renderRun(shown)) };
}

export async function readShown(folder: string): Promise<ShownRun> {
  const view = await readRun(folder);
  return { view, proofs: await readProofs(folder, view.record) };
}

async function neededRecord(folder: string): Promise<RunRecord> {
  await checkRunFolder(folder);
  const record = await readRunRecord(folder);
  if (record.data !== null) return record.data;
  const others = formats.filter(({ needs }) => needs === 'events').map(({ name }) => `--format ${name}`);
  throw new Problem(
    'usage',
    `${folder}: ${record.why} Only ${others.join(' and ')} can be made of what is there.`,
  );
}
