// A server that is a socket of its node (hostNetwork): its packets are born there, its kernel is the node's, and nothing comes in by a
// pod's interface. Written after runs of `lab run --server node`.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { causeModels } from '../../src/causes/index.ts';
import { diagnose, diagnoseWire } from '../../src/diagnose/diagnose.ts';
import { facts, type FactName } from '../../src/diagnose/facts/index.ts';
import type { NodeEvent, PacketEvent, Tuple } from '../../src/model/node-event.ts';
import type { Finding } from '../../src/model/run-record.ts';
import {
  answered,
  asked,
  counters,
  failed,
  failedAgain,
  good,
  laterRound,
  lost,
  packet,
  port,
  ran,
  source,
  storyOf,
} from './made-by-hand.ts';
import { at, client, service } from './story-events.ts';

/** The node's own address, which the Service leads to. */
const host = '10.128.0.11';
const data = { payloadLength: 17, ipLength: 69, hasTimestampOption: true, window: 500 };
const [toHost, fromHost]: [Tuple, Tuple] = [
  { src: client, sport: port, dst: host, dport: 8_080 },
  { src: host, sport: 8_080, dst: client, dport: port },
];

/** A pod of the same node asks: in by its interface, then delivered; the answer goes out there, translated back. */
const talk = (): PacketEvent[] =>
  [good - 0.1, good].flatMap((seconds, index) => [
    packet(seconds, ['cali-client', 'in'], asked, 'P.', { ...data, seq: 1 + 17 * index }),
    packet(seconds + 0.001, ['cali-client', 'out'], answered, 'P.', { ...data, seq: 500 + 17 * index }),
  ]);
const rst = (more: Partial<PacketEvent> = {}): PacketEvent =>
  packet(lost - 0.001, ['cali-client', 'out'], answered, 'R', { seq: 534, ...more });
const last = packet(lost - 0.002, ['cali-client', 'in'], asked, 'P.', { ...data, seq: 35 });

/** The entry that leads the client's packets to the node's own address. */
const entry: NodeEvent = {
  ...{ event: 'conntrack', at: at(1), node: 'node-1', source: 'conntrack-events', text: '[NEW] tcp' },
  ...{ file: 'evidence/node-1/conntrack-events.log', change: 'new', protocol: 'tcp', state: 'SYN_SENT' },
  original: asked,
  reply: fromHost,
  ...{ id: null, deletedByProgram: false, portid: null },
};
const ofNode = (changes: Record<string, number>, span?: readonly [number, number]): NodeEvent =>
  counters('snmp', 'node-1', changes, span);
const nodeListener = (seconds: number, change: 'opened' | 'closed'): NodeEvent => ({
  ...{ event: 'listener', at: at(seconds), node: 'node-1', source: 'listeners', text: `8080 ${change}` },
  ...{ file: 'evidence/node-1/listeners.log', scope: 'node-1', change, port: 8_080 },
});
const witnesses = ['capture', 'conntrack-events', 'listeners', 'snmp', 'rule-counters'].flatMap(ran);
const world = [entry, ...talk(), ...witnesses];

const look = (name: FactName, nodes: readonly NodeEvent[], probes = [failed()]) =>
  facts[name](storyOf(nodes, probes)).seen;

function findings(nodes: readonly NodeEvent[], probes = [failed()]): Finding[] {
  return probes.length === 0 ? diagnoseWire(nodes, causeModels) : diagnose({ probes, nodes }, causeModels);
}

function only(nodes: readonly NodeEvent[], probes = [failed()]): Finding {
  const [finding, another] = findings(nodes, probes);
  assert.ok(finding !== undefined && another === undefined, 'one loss, one finding');
  return finding;
}

describe("a rule that rejects in a node's own chains", () => {
  it('makes a RST that its kernel does not count, where it meets what comes in', () => {
    const finding = only([...world, last, rst(), laterRound('node-1')]);
    assert.equal(finding.cause, 'policy-reject');
    assert.deepEqual(finding.certainty, { author: 'proven', cause: 'proven' });
    assert.equal(finding.author, 'node-rule');
  });

  // REJECT in OUTPUT answers the server's segment, whose source is the node: the RST goes round by the loopback.
  const looped = packet(lost - 0.05, ['lo', 'in'], toHost, 'R', { seq: 52 });
  const hit = counters('rule-counters', 'node-1', { 'filter OUTPUT -p tcp -j REJECT': 2 });
  // The client asks again, once the rule is gone, and meets no socket.
  const late = rst({ ttl: 64 });

  it('sends its RST to the server by the loopback, where it meets what goes out', () => {
    const nodes = [...world, looped, last, late, hit, ofNode({ TcpOutRsts: 1 }), laterRound('node-1')];
    assert.equal(look('RST made on the node', nodes), 'yes');
    assert.equal(look('RST from outside', nodes), 'no');
    assert.equal(look("RST left the client's pod", nodes), 'no');
    const finding = only(nodes);
    assert.equal(finding.cause, 'policy-reject');
    assert.equal(finding.author, 'node-rule');
    assert.ok(!finding.suspects.some((author) => author.startsWith('client-') || author === 'in-between'));
  });

  it('ends one connection, though no packet was captured both before and after translation', () => {
    const finding = only([...world, looped, last, late, hit, laterRound('node-1')], []);
    assert.deepEqual([finding.cause, finding.connections], ['policy-reject', 1]);
  });

  it("is not excused by RSTs of the node's kernel that were too few to be those seen", () => {
    const others = [1, 2, 3].map((n) =>
      packet(lost - 0.03 * n, ['cali-client', 'out'], { ...answered, dport: port + n }, 'R', { seq: n }),
    );
    const counted = ofNode({ TcpOutRsts: 1 });
    assert.equal(look('sender counted its RSTs', [...world, last, rst(), counted]), 'yes');
    assert.equal(look('sender counted its RSTs', [...world, ...others, last, rst(), counted]), 'unknown');
    const { suspects } = only([...world, ...others, last, rst(), counted, laterRound('node-1')]);
    assert.ok(suspects.includes('node-rule'), suspects.join());
    // Its TTL says nothing: whoever of the node sends is as near.
    assert.equal(look('RST is fresh like the others', [...world, last, rst()]), 'unknown');
  });
});

describe("a node's counters", () => {
  it('did not move where the last reading, which its witness tells of, was made after the RST', () => {
    const stopped = (readUntil: number): NodeEvent => ({
      ...source('snmp', 'stopped'),
      ...{ event: 'source', state: 'stopped', lost: 0, readUntil: at(readUntil) },
    });
    const nodes = [...world, last, rst()];
    assert.equal(look('sender counted its RSTs', nodes), 'unknown');
    assert.equal(look('sender counted its RSTs', [...nodes, stopped(lost - 0.1)]), 'unknown');
    assert.equal(look('sender counted its RSTs', [...nodes, stopped(lost)]), 'no');
  });
});

describe("a server's process on the node itself", () => {
  // Whether the kernel killed it for memory nobody told here.
  const endsOfServer = ['server-killed-for-memory', 'server-process-died'];
  const rivalsOf = ({ rivals }: Finding) => rivals.map(({ cause }) => cause).toSorted();
  const aborted = { flags: 'R.', window: 500, hasTimestampOption: true };
  const counted = ofNode({ TcpOutRsts: 1, TcpExtTCPAbortOnClose: 1 });

  it("that ended took the node's listener with it", () => {
    const nodes = [...world, last, rst(aborted), counted, laterRound('node-1'), nodeListener(0.5, 'opened')];
    assert.equal(look('listener closed', [...nodes, nodeListener(lost, 'closed')]), 'yes');
    assert.equal(look('listener closed', nodes), 'no');
    const finding = only([...nodes, nodeListener(lost, 'closed')]);
    assert.deepEqual([rivalsOf(finding), finding.author], [endsOfServer, 'server-process-died']);
    // It closed with a question unread that had just come, which an idle timeout does, too.
    assert.deepEqual(rivalsOf(only(nodes)), ['keep-alive-race', 'server-aborted']);
  });

  it('has its listener known by others, where an attempt to connect shows nothing of it', () => {
    const other = { ...toHost, sport: 50_000 };
    const elsewhere = [
      packet(good, ['eth0', 'in'], other, 'P.', { ...data, seq: 1, ttl: 62 }),
      packet(good + 0.001, ['eth0', 'out'], { ...fromHost, dport: 50_000 }, 'P.', { ...data, seq: 500 }),
    ];
    const tries = packet(lost - 0.002, ['cali-client', 'in'], asked, 'S', { seq: 1 });
    const nodes = [
      ...[entry, ...elsewhere, tries, rst({ flags: 'R.', seq: 0, ack: 2 }), ...witnesses],
      ...[nodeListener(0.5, 'opened'), nodeListener(lost - 0.1, 'closed')],
    ];
    const { local, ...refused } = { ...failedAgain('refused'), at: at(lost), local: `${client}:${port}` };
    const probes = [{ ...refused, local } as ReturnType<typeof failed>];
    assert.equal(look('listener closed', nodes, probes), 'yes');
    assert.deepEqual(only(nodes, probes).author, 'server-kernel');
  });

  it('is named with the certainty that half of the connections have, beside attempts that its kernel refused', () => {
    const tries = { ...asked, sport: port + 1 };
    const refusal = { ...answered, dport: port + 1 };
    const nodes = [
      ...[...world, last, rst(aborted), counted, laterRound('node-1')],
      packet(lost + 0.1, ['cali-client', 'in'], tries, 'S', { seq: 1 }),
      packet(lost + 0.101, ['cali-client', 'out'], refusal, 'R.', { seq: 0, ack: 2 }),
      ...[nodeListener(0.5, 'opened'), nodeListener(lost, 'closed')],
    ];
    const log: NodeEvent[] = ran('kernel-log').map((event) => ({ ...event, takes: ['oom-kills'] }));
    const finding = only([...nodes, ...log], []);
    assert.deepEqual([finding.cause, finding.connections], ['server-process-died', 2]);
    assert.deepEqual([finding.author, finding.certainty?.author], ['server-process-died', 'likely']);
  });

  it('that closes with data unread is no rule, even without timestamps and with its window full', () => {
    const bare = { flags: 'R.', window: 0, hasTimestampOption: false, ack: 35 };
    const hit = counters('rule-counters', 'node-1', { 'filter INPUT -p tcp -j REJECT': 2 });
    const nodes = [...world, last, rst(bare), counted, hit, laterRound('node-1')];
    for (const probes of [[failed()], []])
      for (const finding of findings(nodes, probes)) {
        assert.notEqual(finding.cause, 'policy-reject');
        assert.ok(finding.suspects.includes('server-application'), finding.suspects.join());
        assert.ok(!finding.suspects.includes('node-rule'), finding.suspects.join());
      }
  });

  it('speaks to another of its node by the loopback, where each packet is captured as it comes in', () => {
    const [there, back] = [
      { ...toHost, src: host },
      { ...fromHost, dst: host },
    ];
    const round = (seconds: number, tuple: Tuple, flags: string, more: Partial<PacketEvent>) =>
      packet(seconds, ['lo', 'in'], tuple, flags, more);
    const nodes = [
      round(good, there, 'P.', { ...data, seq: 1 }),
      round(good + 0.001, back, 'P.', { ...data, seq: 500 }),
      round(lost - 0.002, there, 'P.', { ...data, seq: 18 }),
      round(lost - 0.001, back, 'R.', { ...aborted, seq: 517 }),
      ...witnesses,
      ...[counted, laterRound('node-1')],
    ];
    const story = storyOf(nodes);
    assert.equal(story.serverScope, 'node-1');
    assert.equal(facts['sender is the node itself'](story).seen, 'yes');
    assert.equal(only(nodes, []).author, 'server-application');
  });
});

describe('a RST in the name of a server that is on another node itself', () => {
  const node2 = (packets: readonly PacketEvent[]) => packets.map((one) => ({ ...one, node: 'node-2' }));
  // The client's node alone keeps packets: the server's saw no RST.
  const seen = [
    ...[entry].map((one) => ({ ...one, node: 'node-2' })),
    ...node2(
      [good - 0.1, good].flatMap((seconds, index) => [
        packet(seconds, ['cali-client', 'in'], asked, 'P.', { ...data, seq: 1 + 17 * index }),
        packet(seconds + 0.001, ['eth0', 'in'], fromHost, 'P.', { ...data, seq: 500 + 17 * index, ttl: 63 }),
      ]),
    ),
    packet(lost - 0.001, ['eth0', 'in', 'node-2'], fromHost, 'R', { seq: 534, ttl: 250 }),
    source('capture', 'started'),
    source('capture', 'stopped'),
    { ...source('capture', 'started'), node: 'node-2' },
    { ...source('capture', 'stopped'), node: 'node-2' },
  ];
  const tells = (address: string, node = 'node-1'): NodeEvent => ({
    ...source('snmp', 'started'),
    ...{ node, ownAddresses: [address] },
  });

  it('came from outside, where the node that has its address was watched and did not send it', () => {
    assert.equal(look('RST from outside', seen), 'unknown');
    assert.equal(look('RST from outside', [...seen, tells(host)]), 'yes');
    const finding = only([...seen, tells(host)]);
    // The client had an answer just before: no box had forgotten it.
    assert.deepEqual([finding.author, finding.cause], ['in-between', 'forged-reset']);
  });

  it("is not told by an address that several nodes have, nor by a Service's", () => {
    assert.equal(look('RST from outside', [...seen, tells(host), tells(host, 'node-2')]), 'unknown');
    const dialled = seen.filter((event) => event.event !== 'conntrack');
    const withServiceAddress = [...dialled, tells(service)];
    assert.equal(look('RST from outside', withServiceAddress), 'unknown');
  });
});
