// A run's folder is anybody's: broken, cut off, hostile or huge ones give a page that says so, or one clear sentence.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { readRun } from '../../src/experiment/read-run.ts';
import { renderRun } from '../../src/experiment/run-report.ts';
import { html } from '../../src/report/formats/html.ts';
import { junit } from '../../src/report/formats/junit.ts';
import { text as asText } from '../../src/report/formats/text.ts';
import { Problem } from '../../src/model/problem.ts';
import { recordedRun } from '../report/recorded.ts';
import { copyOfRun, rollAfter } from '../run-folder/a-folder.ts';

const usage = (pattern: RegExp) => (error: unknown) =>
  error instanceof Problem && error.kind === 'usage' && pattern.test(error.message);

test('a whole folder misses nothing', async () => {
  const view = await readRun(recordedRun('default'));
  assert.deepEqual(view.missing, []);
  assert.equal(view.classes.find((one) => one.name === 'co-located')?.resets, 25);
});

test('a run whose logs have rolled, or whose evidence is nested as former versions had it, shows the same', async (t) => {
  const { lanes, classes } = await readRun(recordedRun('default'));
  assert.equal(lanes.length, 8);
  const folder = await copyOfRun(t, 'default');
  await rollAfter(200, folder);
  for (const node of ['node-1', 'node-2']) await rollAfter(30, join(folder, 'evidence', node));
  const rolled = await readRun(folder);
  assert.deepEqual([rolled.lanes, rolled.classes, rolled.missing], [lanes, classes, []]);
  const nested = join(folder, 'evidence/node-1/evidence');
  await mkdir(nested);
  await rename(join(folder, 'evidence/node-2'), join(nested, 'node-2'));
  assert.deepEqual((await readRun(folder)).lanes, lanes);
});

test('without run.json the page shows the events and says what is missing; the other formats refuse', async (t) => {
  const folder = await copyOfRun(t, 'default');
  await rm(join(folder, 'run.json'));
  const view = await readRun(folder);
  assert.equal(view.record, null);
  assert.match(view.missing.join(' '), /run.json is missing/);
  assert.match(await renderRun(folder, html), /There is no verdict for this run/);
  await assert.rejects(renderRun(folder, junit), usage(/run.json is missing.*--format html/));
});

test('a run.json that was cut off is named, and its text is not repeated', async (t) => {
  const folder = await copyOfRun(t, 'default');
  await writeFile(join(folder, 'run.json'), '{"secret": "from another file');
  const view = await readRun(folder);
  assert.deepEqual(view.missing, [
    'run.json is not JSON, or was cut off. The verdict, the rates and the findings are not known.',
  ]);
});

test('a record of another shape is refused with the place where it differs', async (t) => {
  const folder = await copyOfRun(t, 'default');
  await writeFile(join(folder, 'run.json'), '{"schemaVersion": 3}');
  await assert.rejects(renderRun(folder, asText), usage(/at schemaVersion/));
});

test('a cause of another version is reported by its bare name, with no page to lead to', async (t) => {
  const folder = await copyOfRun(t, 'default');
  const file = join(folder, 'run.json');
  const text = await readFile(file, 'utf8');
  assert.match(text, /"cause": "route-table-conflict"/);
  await writeFile(file, text.replaceAll('"cause": "route-table-conflict"', '"cause": "constructor"'));
  const view = await readRun(folder);
  assert.equal(view.record?.findings[0]?.cause, 'constructor');
  assert.match(
    await renderRun(folder, asText),
    /^Finding: constructor \(.*^Cured by: felix-table-range or headless-service$/ms,
  );
  const page = await renderRun(folder, html);
  assert.match(page, /<h3 id="finding-0">constructor<\/h3>\s*<p class="meta">explains /);
  assert.doesNotMatch(page, /explain constructor/);
  assert.match(await renderRun(folder, junit), /constructor/);
});

test('a cause that no version could have written is not read', async (t) => {
  const folder = await copyOfRun(t, 'default');
  const file = join(folder, 'run.json');
  const text = await readFile(file, 'utf8');
  await writeFile(file, text.replaceAll('"cause": "route-table-conflict"', '"cause": "\\u001b[31m"'));
  await assert.rejects(renderRun(folder, asText), usage(/at findings\.0\.cause/));
});

test('lines that are no events, too long or cut off are counted, and the others are shown', async (t) => {
  const folder = await copyOfRun(t, 'none');
  const file = join(folder, 'events.ndjson');
  const good = await readFile(file, 'utf8');
  const bad = ['not json', '{"event":"answered"}', '[]', `"${'x'.repeat(3 << 20)}"`];
  await writeFile(file, `${bad.join('\n')}\n${good}{"event":"answ`);
  const view = await readRun(folder);
  assert.deepEqual(view.missing, [
    'events.ndjson: 3 lines that hold no event left out.',
    'events.ndjson: 1 line that are too long left out.',
    'events.ndjson: its last line is cut off and left out.',
  ]);
  assert.deepEqual(
    view.classes.map((one) => one.answers),
    (await readRun(recordedRun('none'))).classes.map((one) => one.answers),
  );
});

test('events dated in another year do not stretch the timeline', async (t) => {
  const folder = await copyOfRun(t, 'none');
  const file = join(folder, 'events.ndjson');
  const good = await readFile(file, 'utf8');
  const [line = ''] = good.split('\n').filter((one) => one.includes('"answered"'));
  const dated = (at: string) => line.replace(/"at":"[^"]*"/, `"at":"${at}"`);
  await writeFile(
    file,
    [dated('1970-01-01T00:00:00Z'), dated('9999-01-01T00:00:00Z'), dated('never'), good].join('\n'),
  );
  const view = await readRun(folder);
  assert.ok(view.seconds < 30);
  assert.deepEqual(view.missing, ['3 events are dated outside the run and are not shown.']);
});

test('text from outside is shown and never becomes part of the page', async (t) => {
  const folder = await copyOfRun(t, 'default');
  const hostile = `"><img src=x onerror=alert(1)></title><script>alert(2)</script>`;
  const file = join(folder, 'run.json');
  const record = JSON.parse(await readFile(file, 'utf8')) as {
    scenario: string;
    verdict: { sentence: string };
    classes: { name: string; target: string }[];
    findings: { sentence: string; evidence: { text: string; source: string; file: string }[] }[];
  };
  record.scenario = hostile;
  record.verdict.sentence = hostile;
  record.classes[0]!.name = hostile;
  record.findings[0]!.sentence = hostile;
  Object.assign(record.findings[0]!.evidence[0]!, { text: hostile, source: hostile, file: hostile });
  await writeFile(file, JSON.stringify(record));
  const evidence = join(folder, 'evidence/node-1/events.ndjson');
  const lines = await readFile(evidence, 'utf8');
  await writeFile(
    evidence,
    lines
      .replaceAll('"node":"node-1"', `"node":${JSON.stringify(hostile)}`)
      .replaceAll('not from all', JSON.stringify(hostile).slice(1, -1)),
  );
  const events = join(folder, 'events.ndjson');
  await writeFile(
    events,
    (await readFile(events, 'utf8')).replaceAll('"class":"remote"', `"class":${JSON.stringify(hostile)}`),
  );
  const page = await renderRun(folder, html);
  assert.ok(!page.includes('<img'));
  assert.equal(page.match(/<script/g)?.length, 1);
  assert.ok(page.includes('&lt;script&gt;alert(2)'));
});

test('an empty folder, a file and a path that is not there are each refused in a sentence', async (t) => {
  const folder = await copyOfRun(t, 'default');
  await rm(join(folder, 'run.json'));
  await truncate(join(folder, 'events.ndjson'));
  await rm(join(folder, 'evidence'), { recursive: true });
  await assert.rejects(readRun(folder), usage(/holds no run: run.json is missing/));
  await assert.rejects(readRun(join(folder, 'events.ndjson')), usage(/is not a folder/));
  await assert.rejects(readRun(join(folder, 'nowhere')), usage(/cannot be read/));
});

test('pipes in the place of files are not waited for', async (t) => {
  const folder = await copyOfRun(t, 'default');
  for (const name of ['run.json', 'events.ndjson']) {
    await rm(join(folder, name));
    execFileSync('mkfifo', [join(folder, name)]);
  }
  const view = await readRun(folder);
  assert.match(view.missing.join(' '), /run.json is not a file.*events.ndjson is missing or empty/);
});
