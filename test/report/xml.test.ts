import assert from 'node:assert/strict';
import { test } from 'node:test';
import { escapeXml, suiteXml } from '../../src/report/xml.ts';

test('what XML cannot write is replaced, and what has a meaning is escaped', () => {
  assert.equal(
    escapeXml('a<b>&"c"\u0000\u001b\ufffe\ud800 😀\t\n'),
    'a&lt;b&gt;&amp;&quot;c&quot;\ufffd\ufffd\ufffd\ufffd 😀\t\n',
  );
});

test('a suite counts its cases by how they went', () => {
  const xml = suiteXml({
    name: 's',
    seconds: 2,
    startedAt: '2026-01-02T03:04:05.678901Z',
    cases: [
      { name: 'a', seconds: 1, result: { kind: 'passed' } },
      { name: 'b', seconds: 1, result: { kind: 'failed', message: '2 resets', text: 'why' } },
      { name: 'c', seconds: 0, result: { kind: 'skipped', message: 'inconclusive', text: '' } },
    ],
  });
  assert.match(
    xml,
    /tests="3" failures="1" errors="0" skipped="1" time="2.000" timestamp="2026-01-02T03:04:05"/,
  );
  assert.match(xml, /<testcase classname="netdebug.s" name="a" time="1.000"\/>/);
  assert.match(xml, /<failure message="2 resets">why<\/failure>/);
});
