// What one capture at the client's side tells of a box on the way that forgets idle connections, and of those that it cannot be told from.
// Recorded of `lab run idle-timeout-between` at the client's interface: ten of sixteen connections are lost after four seconds each.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { causeModels } from '../../src/causes/index.ts';
import { diagnoseWire } from '../../src/diagnose/diagnose.ts';
import type { NodeEvent } from '../../src/model/node-event.ts';
import { createCaptureFile } from '../../src/packets/capture-file.ts';
import { recorded } from '../packets/recording.ts';

const events: NodeEvent[] = [];
const take = (event: NodeEvent) => void events.push(event);
const capture = createCaptureFile({ node: 'client', file: 'client.pcap' }, take, take, take);
capture.push(recorded('idle-bound-at-client.pcap'));
capture.end();

describe('a capture at the client alone, of connections that only long silences end', () => {
  const findings = diagnoseWire(events, causeModels);
  const [finding] = findings;
  assert.ok(finding !== undefined);

  it('leaves only what forgets idle connections', () => {
    assert.equal(findings.length, 1);
    assert.equal(finding.connections, 10);
    assert.equal(finding.cause, 'unknown');
    assert.deepEqual(finding.rivals.map(({ cause }) => cause).sort(), [
      'conntrack-expired',
      'idle-timeout-between',
      'ipvs-entry-expired',
    ]);
    for (const author of ['server-application', 'server-process-died'] as const)
      assert.ok(!finding.suspects.includes(author), author);
    assert.ok(finding.suspects.includes('in-between'));
  });

  it('says the bound, and how probable it is by chance', () => {
    const said =
      finding.evidence.find(({ text }) => text.includes('a bound lies between the two'))?.text ?? '';
    assert.match(
      said,
      /^each of the 10 flows .* had been idle for 3\.98 s or more, the 6 that live for 2\.00 s at most/,
    );
    assert.match(said, /p = 0\.0001\)$/);
  });

  it('leaves many more where what was survived is not counted', () => {
    const [other] = diagnoseWire(
      events.filter(({ event }) => event !== 'lost-after-silence'),
      causeModels,
    );
    assert.ok((other?.rivals.length ?? 0) > 10);
  });
});
