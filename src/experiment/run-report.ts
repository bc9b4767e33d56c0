// One run in any of the formats.
import { Problem } from '../model/problem.ts';
import type { RunRecord } from '../model/run-record.ts';
import { renderPage } from '../report/html/page.ts';
import type { PageOptions } from '../report/html/page.ts';
import { renderJson } from '../report/json.ts';
import { renderJunit } from '../report/junit.ts';
import type { RunView } from '../report/run-view.ts';
import { renderText } from '../report/text.ts';
import type { Format } from '../report/formats.ts';
import { fileNames } from '../report/formats.ts';
import { checkRunFolder, readRunRecord } from '../run-folder/read-record.ts';
import { readProofs, readRun } from './read-run.ts';
import { writeReport } from '../run-folder/write-record.ts';

/** Throws a usage Problem when the folder holds no run, or for all but html no readable run.json. */
export async function renderRun(folder: string, format: Format): Promise<string> {
  switch (format) {
    case 'text':
      return renderText(await neededRecord(folder));
    case 'json':
      return renderJson(await neededRecord(folder));
    case 'junit':
      return renderJunit(await neededRecord(folder));
    case 'html':
      return (await makePage(folder)).html;
  }
}

/** The page of a run, with what it was made of. */
export interface RunPage {
  readonly view: RunView;
  readonly options: PageOptions;
  readonly html: string;
}

export async function makePage(folder: string): Promise<RunPage> {
  const view = await readRun(folder);
  const options = { proofs: await readProofs(folder, view.record) };
  return { view, options, html: renderPage(view, options) };
}

/** Writes the run's page to report.html in its folder; `path` is the file's. */
export async function writeRunPage(folder: string): Promise<RunPage & { readonly path: string }> {
  const page = await makePage(folder);
  return { ...page, path: await writeReport(folder, fileNames.html, page.html) };
}

async function neededRecord(folder: string): Promise<RunRecord> {
  await checkRunFolder(folder);
  const record = await readRunRecord(folder);
  if (record.data !== null) return record.data;
  throw new Problem('usage', `${folder}: ${record.why} Only --format html can be made of what is there.`);
}
