// Every page in every look, those of pages.test.ts among them: a full sweep at both widths, light and dark.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { browserSkip } from './browser.ts';
import { drawnPages, pageNames, render, testDrawn } from './drawn-pages.ts';

describe('the pages in a browser', { skip: await browserSkip() }, () => {
  const pages = drawnPages(pageNames);
  for (const name of pageNames) {
    for (const width of [1_280, 390]) {
      for (const colorScheme of ['light', 'dark'] as const) testDrawn(pages, name, { width, colorScheme });
    }
  }

  test('an hour of 10,000 connections stays under 5 MB', async () => {
    assert.ok((await render('long')).length < 5e6);
  });
});
