// The page of a watched node without a browser: what each loss opens into, and how large it gets.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLossesByCause } from '../../src/report/collect/losses-by-cause.ts';
import { renderWatchPage } from '../../src/report/html/watch-page.ts';
import { exampleLoss } from './example-loss.ts';

function pageOf(count: number): string {
  const losses = createLossesByCause();
  for (let number = 0; number < count; number += 1) losses.take(exampleLoss(number, 'policy-reject'));
  return renderWatchPage({
    ...{ schemaVersion: 1, kind: 'watch-page', node: 'node-1', startedAt: '2026-11-23T12:00:00.000000Z' },
    ...{ isOver: true, groups: losses.groups(), corrections: 0, missing: [], summary: null },
  });
}

test('a live loss opens into its last packets, the guilty ones marked, and then its exclusions', () => {
  const part = pageOf(1);
  assert.match(part, /aria-label="The last packets of the loss at 12:00:00\.000"/);
  const guilty = [...part.matchAll(/<tr class="reset">(.*?)<\/tr>/gs)].map(([, row]) => row ?? '');
  assert.equal(guilty.length, 2);
  assert.match(guilty[0]!, /never seen at node-1 eth0 out/);
  assert.match(guilty[1]!, /RST by the server&#39;s kernel \(proven\), made on the way/);
  assert.match(part, /told-by-client">received a RST</);
  assert.ok(part.indexOf('class="ladder"') < part.indexOf('Excluded'));
});

test('a loss without packets has no ladder', () => {
  const losses = createLossesByCause();
  const { ladder, lastMoments, ...plain } = exampleLoss(1, 'policy-reject');
  assert.ok(ladder !== undefined && lastMoments !== undefined);
  losses.take(plain);
  assert.equal(losses.groups()[0]?.newest[0]?.ladder, undefined);
});

test('the page of 10,000 losses is no larger than that of twenty', () => {
  const [few, many] = [pageOf(20).length, pageOf(10_000).length];
  assert.ok(many < few * 1.01 && many < 200_000, `${few} and ${many}`);
});
