// What could not be written of a run stands in every format of its report, with the time and the reason.
import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { renderRun } from '../../src/experiment/run-report.ts';
import type { LostOutput } from '../../src/model/lost-output.ts';
import { runRecordSchema } from '../../src/model/run-record.ts';
import { formats } from '../../src/report/formats/index.ts';
import { recordedRun } from './recorded.ts';

test('output that was lost is in the reports', async (t) => {
  const home = await mkdtemp(join(tmpdir(), 'netdebug-report-'));
  t.after(() => rm(home, { recursive: true, force: true }));
  await cp(recordedRun('default'), home, { recursive: true });
  const record = runRecordSchema.parse(JSON.parse(await readFile(join(home, 'run.json'), 'utf8')));
  const [since, until] = ['2026-11-23T06:11:14.987000Z', '2026-11-23T06:11:20.000000Z'];
  const error = 'the disk is <full> (ENOSPC)';
  const lostOutput: LostOutput[] = [
    { file: 'events.ndjson', error, since, until },
    { file: 'evidence/node-1/snmp.log', error, since, until: null },
  ];
  await writeFile(join(home, 'run.json'), JSON.stringify({ ...record, lostOutput }));
  const expected: Readonly<Record<string, RegExp>> = {
    text: /\nNot written, or not all of it:\n {2}events\.ndjson could not be written between 2026.*Z and 2026.*Z: the disk is <full> \(ENOSPC\)\n {2}evidence\/node-1\/snmp\.log could not be written from 2026.*Z on: /,
    json: /"file": "evidence\/node-1\/snmp\.log",\n *"error": "the disk is <full> \(ENOSPC\)"/,
    junit:
      /name="output of the run"[^]*<skipped message="events\.ndjson, evidence\/node-1\/snmp\.log">events\.ndjson could not be written between .*&lt;full&gt;/,
    markdown:
      /\nNot written, or not all of it:\n- events\.ndjson could not be written between .*: the disk is .*full.* \(ENOSPC\)\n- evidence/,
    html: /<li>events\.ndjson could not be written between .*the disk is &lt;full&gt; \(ENOSPC\)<\/li>/,
  };
  for (const format of formats) {
    const pattern = expected[format.name];
    assert.ok(pattern !== undefined, `${format.name}: how does it tell of lost output?`);
    assert.match(await renderRun(home, format), pattern, format.name);
  }
});
