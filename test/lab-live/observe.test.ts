import assert from 'node:assert/strict';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { parseMicros } from '../../src/model/clock.ts';
import { nodeEventSchema } from '../../src/model/node-event.ts';
import type { NodeEvent, PacketEvent, SourceEvent } from '../../src/model/node-event.ts';
import { run } from '../../src/system/process.ts';
import { sandboxArgv } from '../../src/lab/world/sandbox.ts';
import { readCapture } from '../packets/recording.ts';
import { labRun, labSkip, mainScript, netdebug, newFolder, readNodeEvents } from './netdebug.ts';

const skip = await labSkip();
const asRoot = process.getuid?.() === 0;
const inside = resolve(import.meta.dirname, 'observe-inside.ts');

interface Observed {
  readonly folder: string;
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly stderr: string;
}

/** Observes a private world in which connections are reset, and ends it by the signal. */
async function observeResets(
  t: TestContext,
  signal: string,
  resets: number,
  ...flags: string[]
): Promise<Observed> {
  const folder = await newFolder(t);
  const words = [process.execPath, inside, folder, signal, String(resets), ...flags];
  const { exitCode, stdout, stderr } = await run([...sandboxArgv(asRoot), ...words], { timeoutMs: 120_000 });
  assert.equal(exitCode, 0, stderr);
  return { folder, ...(JSON.parse(stdout) as Omit<Observed, 'folder'>) };
}

/** The events of all halves, each checked; what is cut off at the end of a file is passed over. */
async function readEvents(folder: string): Promise<NodeEvent[]> {
  const events: NodeEvent[] = [];
  for (const name of ['events.1.ndjson', 'events.ndjson']) {
    const text = await readFile(join(folder, 'evidence/here', name), 'utf8').catch(() => '');
    for (const line of text.split('\n').slice(0, -1)) events.push(nodeEventSchema.parse(JSON.parse(line)));
  }
  return events;
}

const isPacket = (event: NodeEvent): event is PacketEvent => event.event === 'packet';
const isSource = (event: NodeEvent): event is SourceEvent => event.event === 'source';
const sourceNames = [
  'capture',
  'conntrack-events',
  'conntrack-stats',
  'ip-monitor',
  'listeners',
  'rule-counters',
  'snmp',
];

function assertResetIsThere(packets: readonly PacketEvent[]): void {
  const reset = packets.find((packet) => packet.flags === 'R.');
  assert.ok(reset !== undefined);
  assert.deepEqual(
    [reset.interface, reset.ttl, reset.tuple.sport, reset.hasTimestampOption],
    ['lo', 64, 9_000, true],
  );
  const data = packets.filter(
    (packet) => packet.payloadLength > 0 && packet.tuple.sport === reset.tuple.dport,
  );
  assert.equal(data.length, 3, 'the three messages before it are there');
  assert.equal(reset.ack, data[2]!.seq + data[2]!.payloadLength);
}

describe('observing a reset', { skip }, () => {
  it('in the lab shows it on each interface it passed, with the packets before it', async (t) => {
    const { folder } = await labRun(t, '--duration', '4s', '--expect', 'any');
    const events = await readNodeEvents(folder);
    const packets = events.filter(isPacket).filter((event) => event.node === 'node-1');
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

    const sources = events.filter(isSource).filter((event) => event.node === 'node-1');
    assert.deepEqual(
      sources
        .filter(({ state }) => state === 'started')
        .map(({ source }) => source)
        .sort(),
      sourceNames,
    );
    const stopped = sources.filter(({ state }) => state === 'stopped');
    assert.deepEqual(stopped.map(({ source }) => source).sort(), sourceNames);
    assert.deepEqual([...new Set(stopped.map(({ lost }) => lost))], [0]);
  });

  it('ends in an orderly way on SIGTERM, with the reset, its counters and the entry of connection tracking', async (t) => {
    const { folder, exitCode, stderr } = await observeResets(t, 'SIGTERM', 1);
    assert.equal(exitCode, 0, stderr);
    for (const name of sourceNames) {
      assert.match(stderr, new RegExp(`^${name} +started `, 'm'));
      assert.match(stderr, new RegExp(`^${name} +stopped `, 'm'));
    }
    const events = await readEvents(folder);
    assertResetIsThere(events.filter(isPacket));
    const sum = (name: string) =>
      events.reduce(
        (total, event) =>
          total + (event.event === 'counters' && event.source === 'snmp' ? (event.changes[name] ?? 0) : 0),
        0,
      );
    assert.equal(sum('TcpOutRsts'), 1);
    assert.equal(sum('TcpExtTCPAbortOnData'), 1);
    const entry = events
      .filter((event) => event.event === 'conntrack')
      .map(({ change, state }) => `${change} ${state ?? ''}`);
    assert.deepEqual(entry, ['new SYN_SENT', 'update SYN_RECV', 'update ESTABLISHED', 'update CLOSE']);
  });

  it('killed at once leaves files that can be read, with the reset in them', async (t) => {
    const { folder, signal } = await observeResets(t, 'SIGKILL', 1);
    assert.equal(signal, 'SIGKILL');
    const events = await readEvents(folder);
    assertResetIsThere(events.filter(isPacket));
    const { records } = readCapture(await readFile(join(folder, 'evidence/here/capture.pcap')));
    assert.equal(records.length, events.filter(isPacket).length);
  });

  it('never takes more room than it may, and says what it let go', async (t) => {
    const { folder, exitCode, stderr } = await observeResets(t, 'SIGTERM', 2_500, '--max-size', '1MiB');
    assert.equal(exitCode, 0, stderr);
    const names = await readdir(join(folder, 'evidence/here'));
    let size = 0;
    for (const name of names) size += (await stat(join(folder, 'evidence/here', name))).size;
    assert.ok(size <= 1_048_576, `${size} bytes`);
    assert.ok(names.includes('events.1.ndjson'));
    assert.match(stderr, /^\S+ +limited +.*let go to stay within the bound on size/m);
    assert.ok((await readEvents(folder)).length > 100);
    for (const name of names.filter((one) => one.endsWith('.pcap'))) {
      const { records, problem } = readCapture(await readFile(join(folder, 'evidence/here', name)));
      assert.equal(problem, null, name);
      assert.ok(records.length > 0, name);
    }
  });
});

describe('observe refuses', { skip: process.platform !== 'linux' && 'needs Linux' }, () => {
  it('to start without the rights it needs, with the command that has them', async (t) => {
    const folder = await newFolder(t);
    const drop = asRoot ? ['setpriv', '--bounding-set=-net_admin,-net_raw'] : [];
    const { exitCode, stderr } = await run([
      ...drop,
      process.execPath,
      mainScript,
      'observe',
      '--out',
      folder,
    ]);
    assert.equal(exitCode, 69, stderr);
    assert.match(
      stderr,
      /observe needs root, or CAP_NET_ADMIN and CAP_NET_RAW; type: sudo bin\/netdebug observe --out /,
    );
  });

  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [['observe'], /required option '--out <dir>'/],
    [['observe', '--out', 'x', '--max-size', '12'], /--max-size: "12" is not a size/],
    [['observe', '--out', 'x', '--port', '0'], /--port: "0" is not a port/],
    [['observe', '--out', 'x', '--duration', '5'], /--duration: "5" is not a duration/],
    [['observe', '--out', 'x', '--node', '../x'], /--node: "..\/x" is not a name/],
  ];
  for (const [words, sentence] of cases) {
    it(`"${words.join(' ')}" with 64 and a sentence`, async () => {
      const { exitCode, stdout, stderr } = await netdebug(...words);
      assert.equal(exitCode, 64, stderr);
      assert.match(stderr, sentence);
      assert.equal(stdout, '');
    });
  }
});
