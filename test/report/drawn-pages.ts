// The report's pages rendered into files and opened in a browser, for the tests of what a reader sees.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test, type TestContext } from 'node:test';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { renderMatrixReport } from '../../src/experiment/matrix-report.ts';
import { readMatrixRecord } from '../../src/run-folder/read-record.ts';
import { readShown, renderRun } from '../../src/experiment/run-report.ts';
import type { ShownRun } from '../../src/report/formats/format.ts';
import { html } from '../../src/report/formats/html.ts';
import { renderPage } from '../../src/report/html/page.ts';
import {
  axeViolations,
  keepScreenshot,
  layoutFaults,
  openBrowser,
  openPage,
  type Look,
  type OpenPage,
} from './browser.ts';
import { drawnRecord, viewOf } from './drawn-runs.ts';
import { hourOfTenThousand } from './long-run.ts';
import { recordedDiagnosis, recordedReports, recordedRun } from './recorded.ts';

export const pageNames = [
  'default',
  'none',
  'inconclusive',
  'matrix',
  'long',
  'diagnose',
  'compared',
  'silent-drop',
  'conntrack-table-full',
] as const;
export type PageName = (typeof pageNames)[number];

export async function render(name: PageName): Promise<string> {
  if (name === 'diagnose') return html.renderDiagnosis(await recordedDiagnosis('quiet-after-reset.pcap'));
  if (name === 'compared') return html.renderRun(await runWithEverything());
  if (name === 'silent-drop' || name === 'conntrack-table-full')
    return renderPage(viewOf(name, drawnRecord(name)));
  if (name === 'long') return renderPage(hourOfTenThousand());
  if (name !== 'matrix') return await renderRun(recordedRun(name), html);
  const { data } = await readMatrixRecord(recordedReports);
  if (data === null) throw new Error('the recorded matrix cannot be read');
  return await renderMatrixReport(recordedReports, data, html);
}

/** The default run with what records have by now: latencies compared, and a finding with its packets. */
async function runWithEverything(): Promise<ShownRun> {
  const { view, proofs } = await readShown(recordedRun('default'));
  const { record } = view;
  if (record?.verdict.basis === undefined) throw new Error('the recorded run has no verdict');
  const slow = { estimate: 42.2, low: 28, high: 73.2 };
  const pair = { coLocated: slow, remote: slow };
  const basis = { ...record.verdict.basis, latency: { p50: pair, p99: pair, differs: false } };
  const { findings } = await recordedDiagnosis('any-v6.pcap');
  return {
    view: { ...view, record: { ...record, verdict: { ...record.verdict, basis }, findings } },
    proofs,
  };
}

export interface DrawnPages {
  readonly browser: () => Browser;
  /** The address of the page, in a folder that goes with the suite. */
  readonly url: (name: PageName) => string;
  readonly open: (t: TestContext, name: PageName, look?: Look) => Promise<OpenPage>;
}

/** To be called in a suite: renders these pages and opens the browser before its tests, and closes it after them. */
export function drawnPages(names: readonly PageName[]): DrawnPages {
  let browser: Browser;
  let folder = '';
  const url = (name: PageName) => pathToFileURL(join(folder, `${name}.html`)).href;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'netdebug-test-'));
    for (const name of names) await writeFile(join(folder, `${name}.html`), await render(name));
    browser = await openBrowser();
  });
  after(async () => {
    await browser.close();
    await rm(folder, { recursive: true, force: true });
  });
  return { browser: () => browser, url, open: (t, name, look) => openPage(t, browser, url(name), look) };
}

/** Declares a test: the page as it is drawn in this look has no fault that a reader or a screen reader would meet. */
export function testDrawn(pages: DrawnPages, name: PageName, look: Required<Omit<Look, 'height'>>): void {
  const { width, colorScheme } = look;
  test(`the page "${name}" is drawn at ${width} pixels, ${colorScheme}: nothing cut off, nothing amiss`, async (t) => {
    const { page, complaints, requests } = await pages.open(t, name, look);
    assert.deepEqual(await layoutFaults(page), []);
    assert.deepEqual(await axeViolations(page), []);
    await keepScreenshot(page, `${name}-${width}-${colorScheme}`);
    assert.deepEqual(complaints, []);
    assert.deepEqual(requests, [pages.url(name)]);
  });
}
