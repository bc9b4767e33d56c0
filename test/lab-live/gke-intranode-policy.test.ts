import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { causeModels } from '../../src/causes/index.ts';
import { diagnose } from '../../src/diagnose/diagnose.ts';
import { labRun, labSkip, readNodeEvents, readProbeEvents } from './netdebug.ts';

const skip = await labSkip();

describe('the GKE bug', { skip }, () => {
  it('resets the co-located client through the Service and nobody else, and the evidence says why', async (t) => {
    const { record, exitCode, folder } = await labRun(t, '--seed', '7');
    t.diagnostic(record.verdict.sentence);
    assert.equal(exitCode, 0);
    assert.equal(record.verdict.outcome, 'co-located-only');
    const resets = Object.fromEntries(record.classes.map((one) => [one.name, one.resets]));
    const { 'co-located': coLocated, ...others } = resets;
    assert.deepEqual(others, { remote: 0, 'co-located-pod-ip': 0, 'remote-pod-ip': 0 });
    assert.ok((record.classes.find((one) => one.name === 'co-located')?.episodes ?? 0) >= 10);
    for (const one of record.classes)
      assert.ok(one.probes > 100, `${one.name} was answered ${one.probes} times`);
    const [finding, ...rest] = record.findings;
    assert.equal(finding?.cause, 'route-table-conflict');
    assert.equal(finding.author, 'server-kernel');
    assert.deepEqual(finding.classes, ['co-located']);
    // A busy machine's capture may miss a reset; what is then not explained must be said to be so, and never be given another name.
    assert.ok(
      finding.connections >= 0.9 * (coLocated ?? 0),
      `${finding.connections} of ${coLocated} resets explained`,
    );
    assert.deepEqual(
      rest.filter(({ cause }) => cause !== 'unknown'),
      [],
    );
    const sources = new Set(finding.evidence.map((item) => item.source));
    for (const source of ['ip-monitor', 'conntrack-events', 'server-events', 'client-events']) {
      assert.ok(sources.has(source), `evidence from ${source}`);
    }

    // The finding must come from the evidence: without it, it vanishes.
    const probes = await readProbeEvents(folder);
    const nodes = await readNodeEvents(folder);
    const causes = (some: typeof nodes, probe = probes) =>
      diagnose({ probes: probe, nodes: some }, causeModels).map((one) => one.cause);
    assert.equal(causes(nodes)[0], 'route-table-conflict');
    for (const missing of [['ip-monitor'], ['conntrack-events', 'capture']] as const) {
      const without = causes(nodes.filter((event) => !missing.some((source) => source === event.source)));
      assert.equal(without[0], 'unknown', `without ${missing.join(' and ')}: ${without.join(', ')}`);
      assert.ok(!without.includes('route-table-conflict'));
    }
    // Without entries the packets may still link a connection's two ports by its sequence numbers; nothing else is ever named.
    for (const cause of causes(nodes.filter((event) => event.source !== 'conntrack-events')))
      assert.ok(
        cause === 'route-table-conflict' || cause === 'unknown',
        `without conntrack-events: ${cause}`,
      );
    // A source that ran and saw no change is evidence against it.
    assert.ok(
      !causes(nodes.filter((event) => event.event !== 'rule-changed')).includes('route-table-conflict'),
    );
    assert.deepEqual(causes([]), ['unknown']);
    assert.deepEqual(
      causes(
        nodes,
        probes.filter((event) => !(event.event === 'failed' && event.failure === 'reset')),
      ),
      [],
    );
  });

  const harmless = [
    ['--without', 'network-policy'],
    ['--without', 'intranode-visibility'],
    ['--fix', 'felix-table-range'],
    ['--fix', 'headless-service'],
  ];
  // Two at a time: a machine that is busy makes nobody reset anything.
  describe('is gone', { concurrency: 2 }, () => {
    for (const words of harmless) {
      it(`with ${words.join(' ')}: nobody is reset`, async (t) => {
        const { record, exitCode } = await labRun(t, '--duration', '15s', ...words);
        assert.deepEqual(
          record.classes.map((one) => one.resets),
          [0, 0, 0, 0],
        );
        assert.equal(record.verdict.outcome, 'none', record.verdict.sentence);
        assert.deepEqual(record.findings, []);
        assert.equal(exitCode, 0);
      });
    }
  });
});
