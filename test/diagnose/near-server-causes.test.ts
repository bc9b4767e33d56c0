// Ends of a server that look alike: what must not be called killed for memory, without endpoints or a full queue, and what must be.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { causeModels } from '../../src/causes/index.ts';
import { diagnose } from '../../src/diagnose/diagnose.ts';
import type { NodeEvent, PacketEvent } from '../../src/model/node-event.ts';
import type { FailedEvent } from '../../src/model/probe-event.ts';
import {
  asked,
  arrives,
  counters,
  failed,
  failedAgain,
  good,
  icmpError,
  listener,
  live,
  lost,
  packet,
  port,
  ran,
  serverRst,
  takesIcmp,
  talk,
} from './made-by-hand.ts';
import {
  afterwards,
  atServer,
  closes,
  exits,
  isKilled,
  kernel,
  known,
  serverAborts,
} from './kernel-events.ts';
import { chosen } from './facts/server-rows.ts';
import { client, firstEntry, server, service } from './story-events.ts';

function told(nodes: readonly NodeEvent[], how: Partial<FailedEvent> = {}) {
  const [finding] = diagnose({ probes: [failed(how)], nodes }, causeModels);
  assert.ok(finding !== undefined);
  return {
    cause: finding.cause,
    certainty: finding.certainty?.cause,
    rivals: finding.rivals.map(({ cause }) => cause),
  };
}

const bothEnds = ['server-killed-for-memory', 'server-process-died'];
const died = [
  ...known,
  ...talk(),
  ...serverRst(live),
  ...ran('capture'),
  ...ran('listeners'),
  listener(lost - 0.001, 'closed', 'ended'),
];

describe('a server whose process ended', () => {
  it('was killed for memory where the kernel chose it', () => {
    const { cause } = told([...died, ...kernel, chosen(), isKilled(9), exits(), serverAborts(), afterwards]);
    assert.equal(cause, 'server-killed-for-memory');
  });

  it('was not where somebody else sent it SIGKILL: the kernel chose nobody', () => {
    const { cause, rivals } = told([...died, ...kernel, isKilled(9), exits(), serverAborts(), afterwards]);
    assert.equal(cause, 'server-process-died');
    assert.ok(!rivals.includes('server-killed-for-memory'));
  });

  it('may have been where nobody could look, so that both ends stand open', () => {
    const { cause, certainty, rivals } = told(died);
    assert.deepEqual([cause, certainty], ['unknown', 'open']);
    assert.deepEqual(rivals.toSorted(), bothEnds);
  });

  it("was killed for memory where its pod's cgroup counts it, and not where another pod's does", () => {
    const kill = (scope: string): NodeEvent => ({
      ...{ event: 'cgroup-memory', source: 'cgroup-memory', node: 'node-1', text: 'one', file: 'x' },
      ...{ at: counters('snmp', server, {}).at, since: counters('snmp', server, {}, [0, good]).at },
      ...{ scope, cgroup: '/pod', container: null, pod: null, kills: 1 },
    });
    assert.equal(told([...died, kill(server)]).cause, 'server-killed-for-memory');
    assert.deepEqual(told([...died, kill(client)]).rivals.toSorted(), bothEnds);
  });
});

const connecting = { phase: 'connecting', lastGoodAt: null, answers: 0 } as const;
const syn = [
  packet(lost - 0.002, ['cali-client', 'in'], asked, 'S', { seq: 0 }),
  // The capture is of more interfaces than one.
  packet(lost - 0.5, ['eth0', 'in'], { ...asked, sport: 1, dport: 2 }, '.', {}),
];
const unreachable = icmpError(lost - 0.0015, ['cali-client', 'out'], [3, 3]);
const refused = { ...connecting, failure: 'refused', errno: 'ECONNREFUSED' } as const;
const ruleHit = (rule: string): NodeEvent => counters('rule-counters', 'node-1', { [rule]: 2 });
const endpointsRule = `filter KUBE-SERVICES -d ${service}/32 -p tcp -m comment --comment "default/x has no endpoints" -m tcp --dport 8080 -j REJECT --reject-with icmp-port-unreachable`;
const policyRule = `filter FORWARD -d ${server}/32 -p tcp -m tcp --dport 8080 -j REJECT --reject-with icmp-port-unreachable`;
const attempt = [...syn, unreachable, ...takesIcmp(), ...ran('rule-counters')];

describe('an attempt to connect that an ICMP error refuses', () => {
  it('found a Service without endpoints where its rule counted, as iptables prints it or nft', () => {
    const asNft = `ip filter KUBE-SERVICES meta l4proto tcp ip daddr ${service}  tcp dport 8080 counter reject`;
    for (const rule of [endpointsRule, asNft]) {
      const { cause, rivals } = told([...attempt, ruleHit(rule)], refused);
      assert.equal(cause, 'service-without-endpoints');
      assert.ok(!rivals.includes('policy-reject'));
    }
  });

  it('found one, too, where kube-proxy’s map in mode nftables names what was dialled: nothing counts there', () => {
    const key = (port: number) => `ip kube-proxy no-endpoint-services ${service} . tcp . ${port}`;
    const held = (is: number, span: [number, number], port = 8_080): NodeEvent =>
      counters('rule-counters', 'node-1', {}, span, { [key(port)]: is });
    const named: NodeEvent[][] = [
      // It came as the attempt was made, had come before, and was there until after.
      [held(1, [lost - 0.5, lost + 0.5])],
      [held(1, [lost - 9, lost - 8])],
      [held(1, [lost - 9, lost - 8]), held(0, [lost + 1, lost + 2])],
    ];
    for (const nodes of named) {
      const { cause, rivals } = told([...attempt, ...nodes], refused);
      assert.equal(cause, 'service-without-endpoints');
      assert.ok(!rivals.includes('policy-reject'));
    }
    const others: NodeEvent[][] = [
      // Another port; gone before; come afterwards.
      [held(1, [lost - 0.5, lost + 0.5], 9_090)],
      [held(1, [lost - 9, lost - 8]), held(0, [lost - 6, lost - 5])],
      [held(1, [lost + 5, lost + 6])],
    ];
    for (const nodes of others) assert.equal(told([...attempt, ...nodes], refused).cause, 'unknown');
    // A rule of somebody else's that counted was it, whatever the map says.
    const both = told([...attempt, held(1, [lost - 9, lost - 8]), ruleHit(policyRule)], refused);
    assert.notEqual(both.cause, 'service-without-endpoints');
  });

  it('met a policy where a rule that rejects for another reason counted', () => {
    const { cause, rivals } = told([...attempt, ruleHit(policyRule)], refused);
    assert.equal(cause, 'policy-reject');
    assert.ok(!rivals.includes('service-without-endpoints'));
  });

  it('is open between both where no counter tells, or both do', () => {
    for (const nodes of [attempt, [...attempt, ruleHit(endpointsRule), ruleHit(policyRule)]]) {
      const { cause, rivals } = told(nodes, refused);
      assert.equal(cause, 'unknown');
      assert.deepEqual(rivals.toSorted(), ['policy-reject', 'service-without-endpoints']);
    }
  });
});

describe('an attempt that is refused after the server closed in order', () => {
  it('is what was lost, be it that nobody saw by what it was refused: who closed refused nothing', () => {
    const inOrder = [...known, closes(atServer), ...kernel, ...ran('listeners'), afterwards];
    const closed = failed({ failure: 'closed', errno: 'EOF', phase: 'idle' });
    const [finding, another] = diagnose(
      { probes: [closed, failedAgain('refused')], nodes: inOrder },
      causeModels,
    );
    assert.ok(finding !== undefined && another === undefined);
    assert.equal(finding.certainty?.author, 'open');
    const rivals = finding.rivals.map(({ cause }) => cause);
    assert.ok(rivals.includes('service-without-endpoints'), rivals.join());
  });
});

const repeated = (place: string, more: Partial<PacketEvent> = {}): PacketEvent[] =>
  [lost - 1.5, lost - 0.5].flatMap((seconds, index) => [
    packet(seconds, ['cali-client', 'in'], asked, 'S', { retransmission: index > 0 }),
    ...(place === 'cali-server'
      ? [
          packet(seconds + 1e-5, [place, 'out'], arrives, 'S', {
            ttl: 63,
            retransmission: index > 0,
            ...more,
          }),
        ]
      : []),
  ]);
const overflow = counters('snmp', server, { TcpExtListenOverflows: 2, TcpExtListenDrops: 2 }, [
  lost - 1.6,
  lost,
]);
const gaveUp = { ...connecting, failure: 'timeout', errno: 'ETIMEDOUT' } as const;
/** What the pods' interfaces are is known by what they said before. */
const other = talk().map((one): PacketEvent => {
  const { sport, dport } = one.tuple;
  const portOf = (own: number) => (own === port ? 39_999 : own);
  return { ...one, tuple: { ...one.tuple, sport: portOf(sport), dport: portOf(dport) } };
});
const before = [...other, ...known, firstEntry(1, 40_001), ...ran('capture'), ...ran('snmp')];

describe('an opening that is not answered', () => {
  it("was dropped by the server's kernel where it came there and the queue overflowed", () => {
    const { cause } = told([...before, ...repeated('cali-server'), overflow], gaveUp);
    assert.equal(cause, 'backlog-overflow');
  });

  it('was not where it never came there, though the queue overflowed for others', () => {
    const { cause } = told([...before, ...repeated('nowhere'), overflow], gaveUp);
    assert.notEqual(cause, 'backlog-overflow');
  });

  it('was not where it came there and no queue overflowed', () => {
    const still = counters('snmp', server, { TcpInSegs: 2 }, [lost + 0.1, lost + 0.2]);
    const { cause, rivals } = told([...before, ...repeated('cali-server'), still], gaveUp);
    assert.notEqual(cause, 'backlog-overflow');
    assert.ok(!rivals.includes('backlog-overflow'));
  });
});
