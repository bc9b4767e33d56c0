// Makes of what the tools in the guest said the folder that "netdebug diagnose" reads, by the same readers that the observers have:
//   node scripts/guest/evidence.ts OUT EVIDENCE
// OUT is what scripts/guest/run.sh brought back. Of each node there will be EVIDENCE/NODE/events.ndjson and EVIDENCE/NODE.pcap.
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatMicros } from '../../src/model/clock.ts';
import type { NodeEvent } from '../../src/model/node-event.ts';
import { describeIncreases, increases, type Counters } from '../../src/observe/counter-changes.ts';
import { forgottenBetween, ipvsEvent, tableOf } from '../../src/observe/ipvs/forgotten.ts';
import { parseLocalAddresses } from '../../src/observe/local-addresses.ts';
import { parseSnmp } from '../../src/observe/snmp-counters.ts';
import { parseConntrackLine } from '../../src/system/tools/conntrack.ts';

interface Snapshot {
  /** Microseconds since 1970. */
  readonly at: number;
  readonly ipvs: string;
  readonly counters: Counters;
}

/** The whole ones: the last may have been cut off when the guest ended. */
function readSnapshots(text: string): Snapshot[] {
  return text
    .split(/^== at /m)
    .slice(1, -1)
    .map((part) => {
      const [at = '', ...tables] = part.split(/^== \S+\n/m);
      const [ipvs = '', snmp = '', netstat = ''] = tables;
      return {
        at: Math.round(Number(at) * 1e6),
        ipvs,
        counters: { ...parseSnmp(snmp), ...parseSnmp(netstat) },
      };
    });
}

function eventsOf(folder: string, node: string): NodeEvent[] {
  const read = (name: string) => readFileSync(join(folder, node, name), 'utf8');
  const snapshots = readSnapshots(read('snapshots'));
  const [first, last] = [snapshots[0], snapshots.at(-1)];
  if (first === undefined || last === undefined) throw new Error(`${node} has no two snapshots`);
  const base = (source: string, at: number, text: string) => ({
    ...{ at: formatMicros(at), source, text, node, file: `evidence/${node}/${source}.log` },
  });
  const said = (source: string, state: 'started' | 'stopped', at: number, more = {}): NodeEvent => ({
    ...{ event: 'source', ...base(source, at, 'in the guest'), state, lost: 0, ...more },
  });
  const ownAddresses = parseLocalAddresses(read('fib_trie'));
  const begun = ['ipvs', 'snmp', 'conntrack-events', 'capture'].map((name) =>
    said(name, 'started', first.at, name === 'snmp' ? { ownAddresses, blindTo: ['pods'] } : {}),
  );
  const ended = ['ipvs', 'snmp', 'conntrack-events', 'capture'].map((name) => said(name, 'stopped', last.at));
  const moved = snapshots.slice(1).flatMap((now, index): NodeEvent[] => {
    const before = snapshots[index] ?? first;
    const changes = increases(before.counters, now.counters);
    const gone = forgottenBetween(tableOf(before.ipvs), tableOf(now.ipvs)).map((one): NodeEvent => {
      const { said: event, text } = ipvsEvent(one, before.at, now.at);
      return { ...base('ipvs', now.at, text), ...event };
    });
    if (Object.keys(changes).length === 0) return gone;
    const counted = base('snmp', now.at, `${formatMicros(now.at)} ${node} ${describeIncreases(changes)}`);
    const since = formatMicros(before.at);
    return [...gone, { event: 'counters', ...counted, scope: node, since, changes, values: {} }];
  });
  const entries = read('conntrack-events.log')
    .split('\n')
    .flatMap((text): NodeEvent[] => {
      const event = parseConntrackLine(text);
      return event === undefined ? [] : [{ ...base('conntrack-events', 0, text), ...event }];
    });
  const all = [...begun, ...moved, ...entries, ...ended];
  return all.toSorted((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
}

const [out, evidence] = process.argv.slice(2);
if (out === undefined || evidence === undefined) {
  console.error('usage: node scripts/guest/evidence.ts OUT EVIDENCE');
  process.exit(64);
}
for (const node of ['node-1', 'node-2']) {
  mkdirSync(join(evidence, node), { recursive: true });
  const lines = eventsOf(out, node).map((event) => `${JSON.stringify(event)}\n`);
  writeFileSync(join(evidence, node, 'events.ndjson'), lines.join(''));
  copyFileSync(join(out, node, 'capture.pcap'), join(evidence, `${node}.pcap`));
}
