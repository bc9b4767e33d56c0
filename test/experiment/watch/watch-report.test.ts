// The page of a watch at its end: one file that needs nothing else, and the same from its folder later.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openSavedReport } from '../../../src/experiment/saved-report.ts';
import type { WatchRun } from '../../../src/model/watch-record.ts';
import { html } from '../../../src/report/formats/html.ts';
import { renderWatchPage } from '../../../src/report/html/watch-page.ts';
import { writeWatchPage } from '../../../src/run-folder/write-record.ts';
import { recordedLosses, startedAt, tellPage } from '../../web/told-losses.ts';

test('the page of a folder is the page that its watch showed at its end, and a broken one is said to be so', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'netdebug-test-'));
  t.after(() => rm(folder, { recursive: true }));
  const told = tellPage();
  const { state } = told;
  told.take(recordedLosses());
  const summary = told.summary();
  state.end(summary);
  const run: WatchRun = {
    ...{ schemaVersion: 2, kind: 'watch', scenario: null, verdict: null, classes: [], startedAt },
    ...{ durationSeconds: 600, complete: true, summary },
  };
  await writeFile(join(folder, 'run.json'), JSON.stringify(run));
  await writeWatchPage(folder, state.view());
  const report = await openSavedReport(folder);
  const page = await report.render(html);
  assert.equal(page, renderWatchPage(state.view()));
  assert.match(
    page,
    /<h1 id="headline">\d+ connections were lost on node-1 in 10m: \d+ refused, \d+ reset\.</,
  );
  // Nothing is fetched, and every loss opens without a script.
  assert.doesNotMatch(page, /EventSource|<template>|<link rel="stylesheet"|<script [^>]*src/);
  assert.match(page, /connect-src &#39;none&#39;/);
  assert.match(page, /<details id="loss-[^]*?<table class="ladder">[^]*?<h4>Excluded<\/h4>/);

  await writeFile(join(folder, 'watch-page.json'), '{}');
  await assert.rejects(report.render(html), { kind: 'usage' });
});
