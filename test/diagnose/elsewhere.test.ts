import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, it } from 'node:test';
import { causeModels } from '../../src/causes/index.ts';
import { diagnose } from '../../src/diagnose/diagnose.ts';
import { formatMicros, parseMicros } from '../../src/model/clock.ts';
import type { NodeEvent } from '../../src/model/node-event.ts';
import type { ProbeEvent } from '../../src/model/probe-event.ts';
import type { Finding } from '../../src/model/run-record.ts';

/** A run of the lab, as it was recorded: the lines of its events and of its nodes' evidence, and nothing else of it. */
const recorded = resolve(import.meta.dirname, '../recorded/report/default');
const readLines = (file: string) => readFileSync(file, 'utf8').split('\n').filter(Boolean);
const probeLines = readLines(join(recorded, 'events.ndjson'));
const nodeLines = readdirSync(join(recorded, 'evidence')).flatMap((node) =>
  readLines(join(recorded, 'evidence', node, 'events.ndjson')),
);

const begin = parseMicros((JSON.parse(probeLines[0] ?? '') as ProbeEvent).at);

function findingsOf(rewrite: (line: string) => string, more: readonly NodeEvent[] = []): Finding[] {
  const probes = probeLines.map((line) => JSON.parse(rewrite(line)) as ProbeEvent);
  const nodes = nodeLines.map((line) => JSON.parse(rewrite(line)) as NodeEvent);
  return diagnose({ probes, nodes: [...nodes, ...more] }, causeModels);
}

/** Another cluster: its names and numbers, each in place of the lab's. */
const elsewhere: readonly (readonly [lab: string, there: string])[] = [
  ['10.44.0.10', '172.20.7.131'],
  ['10.44.0.33', '172.20.7.9'],
  ['10.44.1.', '172.20.9.'],
  ['10.48.14.50', '10.96.113.7'],
  ['8080', '5432'],
  ['cali-', 'veth'],
  ['eth0', 'ens4'],
  ['node-1', 'ip-10-0-3-17.internal'],
  ['node-2', 'ip-10-0-4-2.internal'],
  ['co-located', 'beside'],
];

function translate(text: string): string {
  return elsewhere.reduce((result, [lab, there]) => result.replaceAll(lab, there), text);
}

describe('a diagnosis', () => {
  const here = findingsOf((line) => line);

  it('knows nothing of the lab: with other addresses, ports, interfaces, nodes and classes it is the same', () => {
    assert.deepEqual(
      here.map(({ cause }) => cause),
      ['route-table-conflict'],
    );
    const there = findingsOf(translate);
    assert.deepEqual(there, JSON.parse(translate(JSON.stringify(here))));
  });

  it('is not changed by other traffic: flows, resets and deleted entries of somebody else', () => {
    const others = Array.from({ length: 200 }, (_, index) => foreignEvents(index)).flat();
    assert.deepEqual(
      findingsOf((line) => line, others),
      here,
    );
  });

  it('is the same whatever order the evidence is read in', () => {
    const probes = probeLines.map((line) => JSON.parse(line) as ProbeEvent);
    const nodes = nodeLines.map((line) => JSON.parse(line) as NodeEvent).reverse();
    assert.deepEqual(diagnose({ probes, nodes }, causeModels), here);
  });
});

/** A database's connection on the same node: its entry is deleted by a program, and a RST follows. */
function foreignEvents(index: number): NodeEvent[] {
  const original = { src: '10.44.0.77', sport: 30_000 + index, dst: '10.48.20.1', dport: 5_432 };
  const reply = { src: '10.44.0.78', sport: 5_432, dst: '10.44.0.77', dport: 30_000 + index };
  const base = { node: 'node-1', text: 'somebody else’s', file: 'evidence/node-1/other.log' };
  const entry = {
    ...base,
    source: 'conntrack-events',
    event: 'conntrack',
    protocol: 'tcp',
    state: 'ESTABLISHED',
    original,
    reply,
    id: null,
    portid: '4711',
  } as const;
  // Ten a second from the run's beginning on.
  const at = (seconds: number) => formatMicros(begin + (index / 10 + seconds) * 1e6);
  return [
    { ...entry, at: at(0), change: 'new', state: 'SYN_SENT', deletedByProgram: false },
    { ...entry, at: at(0.01), change: 'destroy', deletedByProgram: true },
    {
      ...base,
      source: 'capture',
      event: 'packet',
      at: at(0.02),
      interface: 'cali-other',
      direction: 'in',
      tuple: reply,
      flags: 'R',
      seq: index,
      ack: 0,
      window: 0,
      ttl: 64,
      ipId: 0,
      dontFragment: true,
      ipLength: 40,
      payloadLength: 0,
      hasTimestampOption: false,
      retransmission: false,
    },
  ];
}
