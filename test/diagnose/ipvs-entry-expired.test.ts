// A node that has the Service's address answers what IPVS has forgotten: it looks like a rule that rejects, but for what its kernel counts.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { causeModels } from '../../src/causes/index.ts';
import { diagnose } from '../../src/diagnose/diagnose.ts';
import type { NodeEvent, PacketEvent } from '../../src/model/node-event.ts';
import { forgotten, notOfThisLoss } from './facts/ipvs-rows.ts';
import {
  answered,
  asked,
  counters,
  failed,
  good,
  outsideRst,
  packet,
  port,
  ran,
  source,
  talk,
} from './made-by-hand.ts';
import { at, firstEntry, service } from './story-events.ts';

const silence = 4;
/** When the client speaks again. */
const used = good + silence;
const data = { payloadLength: 17, ipLength: 69, hasTimestampOption: true, window: 500 };
const asks = packet(used, ['cali-client', 'in'], asked, 'P.', { ...data, seq: 35 });
const rst = packet(used + 0.0002, ['cali-client', 'out'], answered, 'R', { seq: 534 });
const round = [used - 0.05, used + 0.05] as const;
const later = counters('snmp', 'node-1', { TcpInSegs: 1 }, [used + 0.1, used + 0.2]);
const nodeCounts = [counters('snmp', 'node-1', { TcpOutRsts: 1 }, round), later, ...ran('snmp')];
const nodeCountsNone = [counters('snmp', 'node-1', { TcpInSegs: 3 }, round), later, ...ran('snmp')];
const owns = source('listeners', 'started', { ownAddresses: ['192.0.2.1', service] });
const table = ran('ipvs');
const noRule = [
  counters('rule-counters', 'node-1', { 'filter FORWARD -j ACCEPT': 3 }, round),
  ...ran('rule-counters'),
];
const rule = [
  counters('rule-counters', 'node-1', { 'filter FORWARD -j REJECT --reject-with tcp-reset': 1 }, round),
  ...ran('rule-counters'),
];
const seen: NodeEvent[] = [...talk(), asks, rst, ...ran('capture'), owns];
const probes = [failed({ at: at(used + 0.001), lastGoodAt: at(good), livedMs: (used - 1) * 1_000 })];

function told(...nodes: readonly NodeEvent[]): string {
  const [first, ...others] = diagnose({ probes, nodes }, causeModels);
  assert.ok(first !== undefined && others.length === 0);
  const { cause, author, certainty, rivals } = first;
  const left = rivals.map((rival) => rival.cause).sort();
  return [cause, certainty?.cause, author, ...(left.length === 0 ? [] : [`or ${left.join(', ')}`])].join(' ');
}

describe('a RST that the node made, after a silence', () => {
  const forgot = forgotten(used - 0.8, 0);

  it('is proven to be for an expired IPVS entry where that was seen go, the node counted it and no rule rejected', () => {
    assert.equal(
      told(...seen, ...nodeCounts, ...noRule, ...table, forgot),
      'ipvs-entry-expired proven node-kernel',
    );
  });

  it('is likely for one where nobody read IPVS’s table: the address is the node’s own', () => {
    assert.equal(
      told(...seen, ...nodeCounts, ...noRule),
      'ipvs-entry-expired likely node-kernel or policy-reject',
    );
  });

  it('stays so where conntrack’s entry ended with it', () => {
    const ended = [
      firstEntry(1, port),
      firstEntry(used - 0.8, port, 'destroy', { state: 'ESTABLISHED' }),
      ...ran('conntrack-events'),
    ];
    assert.equal(
      told(...seen, ...nodeCounts, ...noRule, ...table, forgot, ...ended),
      'ipvs-entry-expired proven node-kernel',
    );
  });

  it('is a rule’s where the node counted no RST of its own', () => {
    assert.match(told(...seen, ...nodeCountsNone, ...rule, ...table), /^policy-reject proven node-rule/);
    assert.match(told(...seen, ...nodeCountsNone, ...rule, ...table, forgot), /^policy-reject proven/);
  });

  it('is open between the two where nobody counted anything', () => {
    assert.match(told(...seen), /^(unknown open|policy-reject likely) .* or .*ipvs-entry-expired/);
  });

  it('is not for an entry that is still there, that a program took, or of another connection', () => {
    for (const more of [[], [forgotten(used - 0.8, 700)], notOfThisLoss])
      assert.doesNotMatch(told(...seen, ...nodeCounts, ...noRule, ...table, ...more), /ipvs-entry-expired/);
  });

  it('is not where the node has no such address', () => {
    const other = source('listeners', 'started', { ownAddresses: ['192.0.2.1'] });
    const nodes = seen.map((event) => (event === owns ? other : event));
    assert.doesNotMatch(told(...nodes, ...nodeCounts, ...noRule), /ipvs-entry-expired/);
  });
});

describe('a RST that came in from the network after a silence', () => {
  it('is no IPVS’s of this node', () => {
    const late = (one: PacketEvent) => ({ ...one, at: at(used + 0.0002) });
    const nodes = [...talk(), asks, ...outsideRst().map(late), ...ran('capture'), owns];
    assert.doesNotMatch(told(...nodes, ...nodeCounts, ...noRule), /ipvs-entry-expired/);
  });
});
