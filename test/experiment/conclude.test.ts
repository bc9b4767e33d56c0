import assert from 'node:assert/strict';
import { test } from 'node:test';
import { concludeFindings } from '../../src/experiment/conclude.ts';

test('a run without probes is held to the cause that its diagnosis was to find', () => {
  const found = (...causes: string[]) => ({
    complete: true,
    findings: causes.map(
      (cause) => ({ cause, connections: 1, classes: [], sentence: '', evidence: [], fixes: [] }) as never,
    ),
  });
  assert.equal(concludeFindings(found('policy-reject'), 'policy-reject', false), 'finished');
  assert.equal(concludeFindings(found('unknown', 'policy-reject'), 'policy-reject', false), 'finished');
  assert.equal(concludeFindings(found('server-aborted'), 'policy-reject', false), 'unexpected');
  assert.equal(concludeFindings(found(), 'policy-reject', false), 'unexpected');
  assert.equal(concludeFindings(found('unknown'), 'policy-reject', false), 'inconclusive');
  assert.equal(concludeFindings(found(), null, false), 'finished');
  assert.equal(concludeFindings(found('policy-reject'), null, false), 'unexpected');
  assert.equal(concludeFindings({ ...found(), complete: false }, 'policy-reject', true), 'interrupted');
});
