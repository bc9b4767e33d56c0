// Makes of what the tools in the guest said the folder that "netdebug diagnose" reads, by the same readers that the observers have:
//   npm run guest:evidence OUT EVIDENCE
// OUT is what scripts/guest/run.sh brought back. Of each node there will be EVIDENCE/evidence/NODE/events.ndjson, and what it says in raw.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatMicros, type Micros } from '../../src/model/clock.ts';
import type { LineEvent, NodeEvent, SourceEvent } from '../../src/model/node-event.ts';
import { describeIncreases, increases, type Counters } from '../../src/observe/counter-changes.ts';
import { keepPackets } from '../../src/observe/kept-packets.ts';
import { forgottenBetween, ipvsEvent, tableOf } from '../../src/observe/ipvs/forgotten.ts';
import { parseLocalAddresses } from '../../src/observe/local-addresses.ts';
import { parseSnmp } from '../../src/observe/snmp-counters.ts';
import { nodeFile, nodeFolder } from '../../src/run-folder/layout.ts';
import { parseConntrackLine } from '../../src/system/tools/conntrack.ts';
import { parseLinks } from '../../src/system/tools/ip.ts';
import { parseIptablesSave } from '../../src/system/tools/iptables.ts';

interface Snapshot {
  readonly at: Micros;
  /** What was printed, by the name that watch.sh gives it. */
  readonly said: Readonly<Record<string, string>>;
}

const readSnapshots = (text: string): Snapshot[] =>
  text
    .split(/^== at /m)
    .slice(1)
    .map((part) => {
      const [at = '', ...tables] = part.split(/^== /m);
      const said = tables.map((table): [string, string] => {
        const end = table.indexOf('\n');
        return [table.slice(0, end), table.slice(end + 1)];
      });
      return { at: Math.round(Number(at) * 1e6), said: Object.fromEntries(said) };
    });

interface Tables {
  readonly ipvs: string;
  readonly counters: string;
}

/** The tables of /proc, which stand one below the other. */
function tablesOf({ said: { proc = '' } }: Snapshot): Tables {
  const end = proc.indexOf('\nIp: ') + 1;
  return { ipvs: proc.slice(0, end), counters: proc.slice(end) };
}

/** What a witness counts, where a snapshot has it. */
const counted: Readonly<Record<string, (snapshot: Snapshot) => Counters | null>> = {
  snmp: (snapshot) => parseSnmp(tablesOf(snapshot).counters),
  'rule-counters': ({ said: { rules, nft = '' } }) => {
    if (rules === undefined) return null;
    const { counters, tables } = parseIptablesSave(rules);
    const others = nft
      .split('\n')
      .filter((line) => line !== '' && !tables.has(line.replace('table ip ', '')));
    if (others.length > 0) throw new Error(`nobody reads the rules of ${others.join(', ')}`);
    return counters;
  },
};

const pairsOf = <Reading>(all: readonly Reading[]): [Reading, Reading][] =>
  all.slice(1).map((now, index) => [all[index] ?? now, now]);

interface Account {
  readonly events: NodeEvent[];
  /** Raw files by their names. */
  readonly raw: Readonly<Record<string, string | Buffer>>;
}

function accountOf(out: string, node: string): Account {
  const read = (name: string) => readFileSync(join(out, node, name));
  const snapshots = readSnapshots(read('snapshots').toString());
  const [first, last] = [snapshots[0], snapshots.at(-1)];
  if (first === undefined || last === undefined) throw new Error(`${node} has no two snapshots`);
  const lines = new Map<string, string[]>();
  const events: NodeEvent[] = [];
  const fileOf = (source: string) => `evidence/${node}/${source}.${source === 'capture' ? 'pcap' : 'log'}`;
  const tell = (source: string, said: LineEvent, text: string) => {
    if (source !== 'capture') lines.set(source, [...(lines.get(source) ?? []), `${text}\n`]);
    events.push({ ...said, source, text, node, file: fileOf(source) });
  };
  const source = (name: string, state: SourceEvent['state'], at: Micros, more: Partial<SourceEvent> = {}) => {
    const said = { event: 'source', source: name, text: 'in the guest', node, file: fileOf(name) } as const;
    events.push({ ...said, at: formatMicros(at), state, lost: 0, ...more });
  };

  // The counters are of the node's own namespace alone.
  const ownAddresses = parseLocalAddresses(read('fib_trie').toString());
  const sources = ['ipvs', 'snmp', 'rule-counters', 'conntrack-events', 'capture'];
  for (const name of sources)
    source(name, 'started', first.at, name === 'snmp' ? { ownAddresses, blindTo: ['pods'] } : {});
  for (const [before, now] of pairsOf(snapshots)) {
    const ofTable = (snapshot: Snapshot) => tableOf(tablesOf(snapshot).ipvs);
    for (const one of forgottenBetween(ofTable(before), ofTable(now))) {
      const { said, text } = ipvsEvent(one, before.at, now.at);
      tell('ipvs', said, text);
    }
  }
  for (const [name, of] of Object.entries(counted)) {
    const readings = snapshots.flatMap((snapshot) => {
      const counters = of(snapshot);
      return counters === null ? [] : [{ at: formatMicros(snapshot.at), counters }];
    });
    for (const [before, now] of pairsOf(readings)) {
      const changes = increases(before.counters, now.counters);
      if (Object.keys(changes).length === 0) continue;
      const text = `${now.at} ${node} ${describeIncreases(changes)}`;
      tell(name, { event: 'counters', at: now.at, scope: node, since: before.at, changes, values: {} }, text);
    }
  }
  for (const text of read('conntrack-events.log').toString().split('\n')) {
    const said = parseConntrackLine(text);
    if (said !== undefined) tell('conntrack-events', said, text);
  }
  const packets = keptOf(read('capture.pcap'), parseLinks(read('links').toString()), node, (said, text) =>
    tell('capture', said, text),
  );
  for (const name of sources) source(name, 'stopped', last.at);
  const texts = [...lines].map(([name, said]): [string, string] => [`${name}.log`, said.join('')]);
  return {
    events: events.toSorted((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0)),
    raw: { ...Object.fromEntries(texts), 'capture.pcap': packets },
  };
}

/** What the observers' capture would have kept of a whole one, as a capture; the packets are told. */
function keptOf(
  whole: Buffer,
  links: ReadonlyMap<number, string>,
  node: string,
  emit: (said: LineEvent, text: string) => void,
): Buffer {
  const pieces: Uint8Array[] = [];
  const write = (piece: string | Uint8Array) => void pieces.push(Buffer.from(piece));
  const keeper = keepPackets(
    {
      ...{ node, file: `evidence/${node}/capture.pcap`, emit, sawReset: () => undefined },
      clock: { now: () => 0, monotonic: () => 0 },
      openRaw(head) {
        if (head !== undefined) write(head);
        return { write };
      },
      limited: (text) => {
        throw new Error(text);
      },
    },
    {
      nameOf: (index) => links.get(index ?? 0) ?? `if${index}`,
      knows: () => true,
      refresh: () => Promise.resolve(),
    },
  );
  keeper.read([], undefined);
  keeper.begin();
  keeper.push(whole);
  console.log(`${node}: ${keeper.end()}`);
  return Buffer.concat(pieces);
}

const [out, evidence] = process.argv.slice(2);
if (out === undefined || evidence === undefined) {
  console.error('usage: npm run guest:evidence OUT EVIDENCE');
  process.exit(64);
}
for (const node of ['node-1', 'node-2']) {
  const { events, raw } = accountOf(out, node);
  mkdirSync(nodeFolder(evidence, node), { recursive: true });
  const lines = events.map((event) => `${JSON.stringify(event)}\n`).join('');
  for (const [name, content] of Object.entries({ 'events.ndjson': lines, ...raw }))
    writeFileSync(nodeFile(evidence, node, name), content);
}
