// The default scenario, run once: what the user is told, that it follows from the evidence, and what the observers have written.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { causeModels } from '../../src/causes/index.ts';
import { diagnose } from '../../src/diagnose/diagnose.ts';
import { parseMicros } from '../../src/model/clock.ts';
import type { NodeEvent, SourceEvent } from '../../src/model/node-event.ts';
import { run } from '../../src/system/process.ts';
import { readCapture } from '../packets/recording.ts';
import { labRun, labSkip, readNodeEvents, readProbeEvents } from './netdebug.ts';
import { isPacket, sourceNames } from './observed-world.ts';

const sourcesIn = (events: readonly NodeEvent[], state: SourceEvent['state']) =>
  events.filter(isSource).filter((event) => event.state === state);
const isSource = (event: NodeEvent): event is SourceEvent => event.event === 'source';

test('the GKE bug', { skip: await labSkip() }, async (t) => {
  const { record, exitCode, folder } = await labRun(t, '--seed', '7');
  const resets = Object.fromEntries(record.classes.map((one) => [one.name, one.resets]));
  const probes = await readProbeEvents(folder);
  const nodes = await readNodeEvents(folder);

  await t.test('resets the co-located client through the Service and nobody else', (t) => {
    t.diagnostic(record.verdict.sentence);
    assert.equal(exitCode, 0);
    assert.equal(record.verdict.outcome, 'co-located-only');
    const { 'co-located': coLocated = 0, ...others } = resets;
    assert.ok(coLocated >= 10, `${coLocated} resets`);
    assert.deepEqual(others, { remote: 0, 'co-located-pod-ip': 0, 'remote-pod-ip': 0 });
    assert.ok((record.classes.find((one) => one.name === 'co-located')?.episodes ?? 0) >= 10);
    for (const one of record.classes)
      assert.ok(one.probes > 100, `${one.name} was answered ${one.probes} times`);
  });

  await t.test('is found with its cause and author, from evidence of every kind', () => {
    const [finding, ...rest] = record.findings;
    assert.equal(finding?.cause, 'route-table-conflict');
    assert.equal(finding.author, 'server-kernel');
    assert.deepEqual(finding.classes, ['co-located']);
    // A busy machine's capture may miss a reset; what is then not explained must be said to be so, and never be given another name.
    assert.ok(
      finding.connections >= 0.9 * (resets['co-located'] ?? 0),
      `${finding.connections} of ${resets['co-located']} resets explained`,
    );
    assert.deepEqual(
      rest.filter(({ cause }) => cause !== 'unknown'),
      [],
    );
    const sources = new Set(finding.evidence.map((item) => item.source));
    for (const source of ['ip-monitor', 'conntrack-events', 'server-events', 'client-events']) {
      assert.ok(sources.has(source), `evidence from ${source}`);
    }
  });

  await t.test('is not found where the evidence of it is left out', () => {
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
    // Neither end's word is left: what only the server wrote of is told as lost by a client that wrote no more.
    assert.deepEqual(
      causes(
        nodes,
        probes.filter((event) => event.event !== 'failed' && event.event !== 'ended'),
      ),
      [],
    );
  });

  await t.test('shows each reset on every interface it passed, with the packets before it', async () => {
    const packets = nodes.filter(isPacket).filter((event) => event.node === 'node-1');
    const atClient = packets.filter(
      (packet) => packet.flags === 'R' && packet.interface === 'cali-colocated' && packet.direction === 'out',
    );
    assert.ok(atClient.length > 0, 'the co-located client was reset');
    let requests = 0;
    for (const reset of atClient) {
      assert.ok([61, 63].includes(reset.ttl), `TTL ${reset.ttl}: through the VPC or not`);
      const same = packets.filter(
        (packet) => packet.seq === reset.seq && packet.flags === 'R' && packet.at < reset.at,
      );
      const atServer = same.find((packet) => packet.interface === 'cali-server' && packet.direction === 'in');
      assert.deepEqual([atServer?.ttl, atServer?.tuple.src, atServer?.ipLength], [64, '10.44.0.10', 40]);
      // Mostly a request; at times the bare acknowledgement of the last answer, when the rule changed in between.
      const answered = packets.findLast(
        (packet) =>
          packet.ack === reset.seq &&
          packet.flags !== 'R' &&
          packet.interface === 'cali-colocated' &&
          packet.at < reset.at,
      );
      assert.ok(answered !== undefined, 'the packet that was answered by it');
      assert.deepEqual([answered.direction, answered.tuple.sport], ['in', reset.tuple.dport]);
      if (answered.payloadLength > 0) requests += 1;
      const before = parseMicros(reset.at) - parseMicros(answered.at);
      assert.ok(before > 0 && before <= 5e6, `${before} µs before`);
    }
    assert.ok(requests > 0, 'requests were answered by a RST');
    const { records, problem } = readCapture(await readFile(join(folder, 'evidence/node-1/capture.pcap')));
    assert.deepEqual([records.length, problem], [packets.length, null]);
    const read = await run(['tcpdump', '-n', '-r', join(folder, 'evidence/node-1/capture.pcap')]);
    assert.equal(read.stdout.trim().split('\n').length, packets.length);
  });

  await t.test('is observed by every source, from beginning to end, and none of them lost anything', () => {
    const sources = nodes.filter(isSource).filter((event) => event.node === 'node-1');
    const absent = sources.filter(({ state }) => state === 'unavailable').map(({ source }) => source);
    // These look at the machine, or ask somebody, and say so where they may not.
    const dependOnMachine = ['cgroup-memory', 'kernel-events', 'kernel-log', 'names'];
    assert.deepEqual(
      absent.filter((name) => !dependOnMachine.includes(name)),
      [],
    );
    const expected = sourceNames.filter((name) => !absent.includes(name));
    assert.deepEqual(
      sources
        .filter(({ state }) => state === 'started')
        .map(({ source }) => source)
        .sort(),
      expected,
    );
    const stopped = sources.filter(({ state }) => state === 'stopped');
    assert.deepEqual(stopped.map(({ source }) => source).sort(), expected);
    // A lab beside this one has the same addresses, and an interrupt names no namespace: whose it was is then known of most RSTs only.
    const beside = /^kernel-events .*; [0-9]+ at addresses that other namespaces have, too/;
    const lossy = stopped.filter(({ source, text, lost }) => lost !== 0 && !beside.test(`${source} ${text}`));
    assert.deepEqual(
      lossy.map(({ source, lost, text }) => `${source} lost ${lost}: ${text}`),
      [],
    );
  });

  await t.test('is observed with whose the connections are: every process of the world is ours', () => {
    const ofServer = nodes.flatMap((event) =>
      event.event === 'socket' && event.node === 'node-1' && event.tuple.sport === 8_080
        ? [event.process?.command]
        : [],
    );
    assert.ok(ofServer.includes('node'), [...new Set(ofServer)].join());
    const limits = sourcesIn(nodes, 'limited').map(({ source, text }) => `${source}: ${text}`);
    assert.deepEqual(
      limits.filter((text) => text.includes('/proc')),
      [],
    );
  });
});
