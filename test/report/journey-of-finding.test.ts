// What a page draws is what its finding says: both are of one story, with one idea of how late a stamp may be.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { causeModels } from '../../src/causes/index.ts';
import { diagnose } from '../../src/diagnose/diagnose.ts';
import type { NodeEvent } from '../../src/model/node-event.ts';
import type { ProbeEvent } from '../../src/model/probe-event.ts';
import { runRecordSchema, type Finding, type RunRecord } from '../../src/model/run-record.ts';
import { createCollector } from '../../src/report/collect/collector.ts';
import { renderPage } from '../../src/report/html/page.ts';
import {
  accepted,
  firstEntry,
  questionTo,
  resetConnection,
  rule,
  secondEntry,
  serverReset,
} from '../diagnose/story-events.ts';
import { recordedRun } from './recorded.ts';

const flow = { port: 46_422, connectedAt: 1, lastGoodAt: 2, resetAt: 2.1 };
const probes = [...resetConnection(flow), accepted(1.001, 5_622)];
const entries = [firstEntry(1, 46_422), secondEntry(1, 46_422, 5_622)];

/** The record and the page of a run with these events. */
function report(nodes: readonly NodeEvent[], change = (finding: Finding): Finding => finding) {
  const text = readFileSync(join(recordedRun('default'), 'run.json'), 'utf8');
  const findings = diagnose({ probes, nodes }, causeModels).map(change);
  const record: RunRecord = { ...runRecordSchema.parse(JSON.parse(text)), findings };
  return { findings, page: pageOf(record, nodes) };
}

/** The words of the part of the page that draws. */
function pageOf(record: RunRecord, nodes: readonly NodeEvent[]): string {
  const collector = createCollector({ episodeWindowMs: 5_000 });
  const inTime = [...nodes, ...probes].sort((a, b) => a.at.localeCompare(b.at));
  for (const event of inTime) {
    if ('role' in event) collector.addProbe(event);
    else collector.addNode(event);
  }
  const [, section] =
    /<section id="journey">(.*?)<\/section>/s.exec(renderPage(collector.view(record))) ?? [];
  const words = (section ?? '').replace(/<svg.*?<\/svg>/gs, '').replace(/<[^>]+>/g, ' ');
  return words.replace(/\s+/g, ' ');
}

test('a rule whose going is stamped 30 ms after the reset is named by the finding and drawn, gone and there', () => {
  const { findings, page } = report([...entries, rule(2.13, 'deleted')]);
  assert.deepEqual(
    findings.map((finding) => finding.cause),
    ['route-table-conflict'],
  );
  assert.match(findings[0]!.sentence, /"30003: not from all iif eth0 lookup 1" was deleted 1 /);
  assert.match(
    page,
    /Rule present 30003: not from all iif eth0 lookup 1 .*46422 into 5622 .*sees 10.1.0.33:5622 , for which it has a socket/,
  );
  assert.match(page, /Rule absent 30003: .*sees 10.1.0.33:46422 , but its socket is for port 5622/);
});

test('the connection that is drawn is the one whose evidence the finding lists', () => {
  const text = readFileSync(join(recordedRun('default'), 'run.json'), 'utf8');
  const [finding] = runRecordSchema.parse(JSON.parse(text)).findings;
  const own = finding!.evidence.find((item) => item.source === 'client-events')!.text;
  assert.ok(own.includes(`${finding!.shown!.client.address}:${finding!.shown!.client.port}->`));
  assert.equal(finding!.shown!.rule?.at, finding!.evidence.find((item) => item.source === 'ip-monitor')?.at);
});

test('the way with the rule is left out, and that is said, where no entry shows it', () => {
  const { findings, page } = report([
    firstEntry(1, 46_422),
    // A question on both legs, the same numbers with two ports, ties the port that was accepted to the client's.
    ...[questionTo('cali-client', 1.9, 46_422), questionTo('cali-server', 1.9, 5_622)],
    ...[rule(2.05, 'deleted'), serverReset(2.099, 46_422)],
  ]);
  assert.equal(findings[0]?.cause, 'route-table-conflict');
  assert.match(page, /Its way with the rule was not recorded\./);
  assert.match(page, /Rule absent .*its socket is for port 5622/);
  assert.doesNotMatch(page, /Rule present/);
});

test('a rule that changed is drawn only when the finding blames it', () => {
  const deleted = secondEntry(2.06, 46_422, 5_622, 'destroy', { deletedByProgram: true });
  const { findings, page } = report([...entries, deleted, rule(2.05, 'deleted')]);
  assert.equal(findings[0]?.cause, 'conntrack-entry-deleted');
  assert.equal(findings[0].shown?.rule, null);
  assert.match(page, /reset at 1\.100 s/);
  assert.doesNotMatch(page, /Rule (present|absent)/);
});

test('a record of before findings told their example is read, and an ordinary connection is drawn in its stead', () => {
  const { page } = report([...entries, rule(2.05, 'deleted')], (finding) => {
    const { shown, ...older } = finding;
    assert.ok(shown);
    return older;
  });
  assert.match(page, /findings do not say which way their connections went\. How packets of the first/);
  assert.match(page, /46422 into 5622/);
  assert.doesNotMatch(page, /Rule/);
});

test('what no record may hold is not shown: a time that no calendar has, a name without end', () => {
  assert.ok(diagnose({ probes, nodes: entries }, causeModels)[0]?.shown);
  const failed = probes[2]!;
  const ages = { ...failed, livedMs: 1e300 } as ProbeEvent;
  const endless = entries.map((event): NodeEvent => ({ ...event, node: 'n'.repeat(1_000) }));
  for (const [probe, nodes] of [
    [ages, entries],
    [failed, endless],
  ] as const) {
    const findings = diagnose({ probes: [...probes.slice(0, 2), probe], nodes }, causeModels);
    assert.equal(findings.length, 1);
    assert.equal(findings[0]?.shown, undefined);
  }
});
