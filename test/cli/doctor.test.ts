// `netdebug doctor` says what is missing in a table or as JSON, and its exit code says whether the lab can run.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { readinessTable } from '../../src/cli/doctor.ts';
import type { LabReadiness } from '../../src/lab/world/readiness.ts';
import { run } from '../../src/system/process.ts';
import { withoutPrograms } from '../without-programs.ts';

const netdebug = join(import.meta.dirname, '../../bin/netdebug');

test('where the lab can run, the exit code is 0 and the last line says so', async () => {
  const { exitCode, stdout, stderr } = await run([netdebug, 'doctor']);
  assert.equal(exitCode, 0, stdout + stderr);
  assert.match(stdout, /^ok +conntrack +Version [0-9.]+\.$/m);
  assert.match(stdout, /^ok +DNAT +Works in a fresh namespace\.$/m);
  assert.match(stdout, /\nThe lab can run here: bin\/netdebug lab run\n$/);
});

test('without conntrack, the JSON document names it, what was not tried for it, and the command; the exit code is 69', async () => {
  const { exitCode, stdout } = await withoutPrograms(['conntrack'], [netdebug, 'doctor', '--json']);
  const readiness = JSON.parse(stdout) as LabReadiness;
  assert.equal(exitCode, 69);
  assert.equal(readiness.ready, false);
  assert.deepEqual(
    readiness.rows.filter((row) => row.state !== 'ok'),
    [
      { what: 'conntrack', state: 'missing', sentence: 'Not installed.' },
      { what: 'netfilter', state: 'warning', sentence: 'Not tried: conntrack is missing.' },
    ],
  );
  assert.match(readiness.install ?? '', /\bconntrack\b/);
});

test('the table is aligned and ends with the one command to type', () => {
  const table = readinessTable({
    ready: false,
    rows: [
      { what: 'Linux', state: 'ok', sentence: 'Kernel 6.1.0.' },
      { what: 'iptables-restore', state: 'missing', sentence: 'Not installed.' },
    ],
    install: 'apk add iptables',
  });
  assert.equal(
    table,
    [
      'ok       Linux             Kernel 6.1.0.',
      'missing  iptables-restore  Not installed.',
      '',
      'The lab cannot run here yet; type: apk add iptables',
      '',
    ].join('\n'),
  );
});
