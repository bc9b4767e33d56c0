// A witness that was missing stands in every format of the report, with its reason.
import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { renderRun } from '../../src/experiment/run-report.ts';
import { runRecordSchema } from '../../src/model/run-record.ts';
import { formats } from '../../src/report/formats/index.ts';
import { recordedRun } from './recorded.ts';

test('a witness that was missing, and the dataplane that observers saw, are in the reports', async (t) => {
  const home = await mkdtemp(join(tmpdir(), 'netdebug-report-'));
  t.after(() => rm(home, { recursive: true, force: true }));
  await cp(recordedRun('default'), home, { recursive: true });
  const record = runRecordSchema.parse(JSON.parse(await readFile(join(home, 'run.json'), 'utf8')));
  const missing = {
    node: 'node-7',
    witness: 'capture',
    state: 'unavailable',
    reason: 'no right to <capture>',
  };
  const dataplane = {
    kubeProxyMode: 'nftables',
    netd: false,
    calico: true,
    cilium: null,
    seenBy: 'observer',
  };
  const more = { missingWitnesses: [missing], dataplanes: { 'node-7': dataplane } };
  await writeFile(join(home, 'run.json'), JSON.stringify({ ...record, ...more }));
  const expected: Readonly<Record<string, RegExp>> = {
    text: /node-7: capture is missing: no right to <capture>\n/,
    json: /"reason": "no right to <capture>"/,
    junit: /<skipped message="capture on node-7">node-7: capture is missing: no right to &lt;capture&gt;</,
    html: /<li>node-7: capture is missing: no right to &lt;capture&gt;<\/li>/,
    markdown: /\n- node-7: capture is missing: no right to \\<capture\\>\n/,
  };
  for (const format of formats) {
    const pattern = expected[format.name];
    assert.ok(pattern !== undefined, `${format.name}: how does it tell of a missing witness?`);
    assert.match(await renderRun(home, format), pattern, format.name);
  }
  for (const name of ['text', 'markdown']) {
    const format = formats.find((one) => one.name === name)!;
    assert.match(
      await renderRun(home, format),
      /as their observers saw them:\s+node-7: kube-proxy in mode nftables, Calico\n/,
    );
  }
});
