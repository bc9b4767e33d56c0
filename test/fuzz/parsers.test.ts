// Every parser of outside text and bytes against damaged input: it may refuse, but never throw, hang or make an event that the
// contract forbids. Seeded and bounded: FUZZ_SECONDS (default 0.2, in parsers.long.test.ts 1) for each parser, FUZZ_SEED
// (default 1, there 2) for other damage. What once failed stands below as an input of its own.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { nodeEventSchema, type LineEvent } from '../../src/model/node-event.ts';
import { parseDuration } from '../../src/model/duration.ts';
import { parseEndpoint } from '../../src/model/endpoint.ts';
import { Problem } from '../../src/model/problem.ts';
import { seededRandom, type Random } from '../../src/model/random.ts';
import { readEventLine } from '../../src/cluster/logged-event.ts';
import { createCaptureFile } from '../../src/packets/capture-file.ts';
import { madeFrame, madePcap } from '../packets/made-capture.ts';
import { geneve, gre, icmpError, ipInIp, nflogged, tagged, vxlan } from '../packets/wrapped.ts';
import { parseLinkHeader } from '../../src/packets/link-layer.ts';
import { parseTcpPacket } from '../../src/packets/tcp-packet.ts';
import { parseConntrackStats } from '../../src/observe/conntrack-stats.ts';
import { parseListening } from '../../src/observe/listening-ports.ts';
import { parseLocalAddresses } from '../../src/observe/local-addresses.ts';
import { parseSnmp } from '../../src/observe/snmp-counters.ts';
import { goQuote } from '../../src/probe/go-quote.ts';
import { createLineReader } from '../../src/probe/line-reader.ts';
import { parseConntrackLine, parseListedEntry } from '../../src/system/tools/conntrack.ts';
import { parseIpMonitorLine } from '../../src/system/tools/ip.ts';
import { parseIptablesSave } from '../../src/system/tools/iptables.ts';
import { parseNftTable } from '../../src/system/tools/nft.ts';
import { parseNetlinkSockets } from '../../src/system/netlink-sockets.ts';
import { below, mutateBytes, mutateText } from './mutate.ts';

const seconds = Number(process.env['FUZZ_SECONDS'] ?? 0.2);
const seed = Number(process.env['FUZZ_SEED'] ?? 1);
const folder = new URL('../recorded/observe/', import.meta.url);
const bytesOf = (name: string) => readFileSync(new URL(name, folder));
const textOf = (name: string) => bytesOf(name).toString('utf8');

/** Tries damaged samples until the time is over, at least a hundred; a failure names the input. */
function tryMany<T extends string | Buffer>(
  samples: readonly T[],
  mutate: (sample: T, random: Random) => T,
  tryOne: (input: T, random: Random) => void,
): number {
  const random = seededRandom(seed);
  const endMs = performance.now() + seconds * 1_000;
  let tries = 0;
  for (; tries < 100 || (performance.now() < endMs && tries < 5_000_000); tries++) {
    const sample = samples[below(random, samples.length)];
    assert.ok(sample !== undefined);
    const input = tries < samples.length ? sample : mutate(sample, random);
    try {
      tryOne(input, random);
    } catch (error) {
      const shown = typeof input === 'string' ? JSON.stringify(input) : input.toString('base64');
      throw new Error(`seed ${seed}, try ${tries}, input ${shown.slice(0, 2_000)}`, { cause: error });
    }
  }
  return tries;
}

function allowed(event: unknown): void {
  if (event !== undefined) nodeEventSchema.parse(event);
}

/** What a line says, in the frame that whoever read it puts around it. */
function allowedLine(said: LineEvent | undefined, text: string): void {
  if (said !== undefined)
    nodeEventSchema.parse({ source: 'ip-monitor', text, node: 'node-1', file: 'x.log', ...said });
}

const conntrackLines = [
  '[1795416116.851570]\t[DESTROY] tcp      6 431999 ESTABLISHED src=10.44.0.33 dst=10.44.0.10 sport=1 dport=8080 ' +
    'src=10.44.0.10 dst=10.44.0.33 sport=8080 dport=1 [ASSURED] id=1 [delta-time=3 [start=1] [stop=2]',
  '[1795416116.851570]\t    [NEW] tcp      6 120 SYN_SENT src=10.44.0.33 dst=10.48.14.50 sport=46450 dport=8080 ' +
    '[UNREPLIED] src=10.44.0.10 dst=10.44.0.33 sport=8080 dport=46450 id=1734',
  // Found: a time that no calendar has.
  '[99999999999999999999.851570]\t[NEW] tcp 6 120 SYN_SENT src=1.1.1.1 dst=2.2.2.2 sport=1 dport=2 src=2.2.2.2 dst=1.1.1.1 sport=2 dport=1',
];
const ipLines = [
  '[2026-11-23T06:41:40.671391] Deleted 30003:\tnot from all iif eth0 lookup 1 ',
  '[2026-11-23T06:49:57.955937] Deleted local 10.9.0.1 dev v0 table local proto kernel scope host src 10.9.0.1 ',
  '[2026-11-23T06:49:57.956016] Deleted 2: v1@NONE: <BROADCAST,MULTICAST> mtu 1500 qdisc noop state DOWN group default ',
];
const texts: Readonly<Record<string, readonly [samples: readonly string[], tryOne: (text: string) => void]>> =
  {
    'conntrack lines': [conntrackLines, (text) => allowedLine(parseConntrackLine(text), text)],
    'listed entries': [
      [
        'tcp      6 86399 ESTABLISHED src=10.0.0.7 dst=10.9.5.8 sport=1 dport=2 src=10.0.1.5 dst=10.0.0.7 sport=2 dport=1 id=3',
      ],
      (text) => allowedLine(parseListedEntry(text, '2026-11-23T06:41:40.864046Z'), text),
    ],
    'ip monitor lines': [ipLines, (text) => allowedLine(parseIpMonitorLine(text), text)],
    'conntrack counters': [[textOf('nf_conntrack-stat.txt')], (text) => void parseConntrackStats(text)],
    'iptables-save': [[textOf('iptables-save.txt')], (text) => void parseIptablesSave(text)],
    'nft tables': [[textOf('nft-table.txt')], (text) => void parseNftTable(text)],
    'SNMP counters': [[textOf('snmp.txt'), textOf('netstat.txt')], (text) => void parseSnmp(text)],
    'listening sockets': [[textOf('tcp6.txt')], (text) => void parseListening(text)],
    'local addresses': [[textOf('fib_trie-pod.txt')], (text) => void parseLocalAddresses(text)],
    'netlink sockets': [
      [
        'sk               Eth Pid        Groups   Rmem     Wmem     Dump  Locks    Drops    Inode\n0 12 1 7 0 0 0 2 3 99\n',
      ],
      (text) => void parseNetlinkSockets(text),
    ],
    'event lines': [
      textOf('rejected-on-loopback.ndjson').trim().split('\n'),
      (text) => void readEventLine(text),
    ],
    endpoints: [['10.0.0.1:80', '[fd00::1]:8080'], (text) => void parseEndpoint(text)],
    durations: [
      ['1h2m3.5s', '500ms'],
      (text) => {
        try {
          assert.ok(Number.isFinite(parseDuration(text)));
        } catch (error) {
          // It refuses by throwing; whoever asks says which flag it was.
          if (error instanceof assert.AssertionError || error instanceof TypeError) throw error;
          assert.ok(error instanceof Error || error instanceof Problem);
        }
      },
    ],
  };

describe('parsers of text', () => {
  for (const [name, [samples, tryOne]] of Object.entries(texts)) {
    test(name, (t) => {
      t.diagnostic(`${name}: ${tryMany(samples, mutateText, tryOne)} inputs`);
    });
  }
});

/** Found: packets in a year that no calendar has, for their interface is said to count seconds and not nanoseconds. */
function inNoYear(pcapng: Buffer): Buffer {
  const at = pcapng.indexOf(Buffer.of(9, 0, 1, 0, 9));
  assert.notEqual(at, -1);
  pcapng[at + 4] = 0;
  return pcapng;
}

describe('parsers of bytes', () => {
  test('capture files, in pieces of any size', (t) => {
    const samples = [
      bytesOf('looped-flow.pcap'),
      bytesOf('looped-flow.pcapng'),
      bytesOf('rejected-on-loopback.pcapng'),
      inNoYear(bytesOf('looped-flow.pcapng')),
    ];
    const tries = tryMany(samples, mutateBytes, (input, random) => {
      const file = createCaptureFile({ node: 'node-1', file: 'x.pcap' }, allowed);
      for (let at = 0; at < input.length;) {
        const end = at + 1 + below(random, 4_000);
        file.push(input.subarray(at, end));
        at = end;
      }
      const { packets, kept } = file.end();
      assert.ok(kept <= packets);
    });
    t.diagnostic(`capture files: ${tries} inputs`);
  });

  test('link layers and TCP packets', (t) => {
    const file = bytesOf('looped-flow.pcap');
    const tries = tryMany([file.subarray(40, 140)], mutateBytes, (input, random) => {
      for (const type of [0, 1, 12, 101, 108, 113, 228, 229, 239, 276]) parseLinkHeader(type, input);
      parseTcpPacket(input, below(random, 2_000));
      parseTcpPacket(input.subarray(14), input.length);
    });
    t.diagnostic(`packets: ${tries} inputs`);
  });

  test('tunnels, what is in them, and errors about it', (t) => {
    const frame = madeFrame({ seq: 1, stamp: 5 });
    const seeds = [
      ...[vxlan(ipInIp(frame), 1), geneve(frame, 1, 8), gre(frame, { key: 1, sequence: true })],
      ...[icmpError(vxlan(frame, 1), 3, 4, 1_400, 200), nflogged(frame, 'BE', 1, 2), tagged(frame, 0x8100)],
    ];
    const tries = tryMany(seeds, mutateBytes, (input, random) => {
      const records = [0, 1, 101, 108, 113, 239, 276].map((linkType) => ({
        linkType,
        captured: below(random, input.length + 1),
      }));
      for (const { linkType, captured } of records) {
        const file = createCaptureFile({ node: 'n', file: 'x' }, () => undefined);
        file.push(madePcap([{ at: 1, data: input, captured }], linkType));
        assert.equal(file.end().packets, 1);
      }
    });
    t.diagnostic(`tunnels: ${tries} inputs`);
  });

  test('the wire: lines come out as they went in, however they are cut, and quoting never fails', (t) => {
    const sample = Buffer.from('Soy todo oídos!\nYou said: x\n\n\0\xff\n', 'latin1');
    const tries = tryMany([sample], mutateBytes, (input, random) => {
      const reader = createLineReader(1_000);
      const lines: Buffer[] = [];
      for (let at = 0; at < input.length;) {
        const end = at + 1 + below(random, 9);
        // The same buffer for every piece, as the client has it.
        reader.push(Buffer.from(input.subarray(at, end)));
        for (let line = reader.next(); line !== undefined; line = reader.next()) {
          assert.ok(line !== 'too-long');
          lines.push(Buffer.from(line));
          goQuote(line);
        }
        at = end;
      }
      const whole = input.subarray(0, input.lastIndexOf(10) + 1);
      assert.deepEqual(Buffer.concat(lines.flatMap((line) => [line, Buffer.of(10)])), whole);
    });
    t.diagnostic(`wire: ${tries} inputs`);
  });
});
