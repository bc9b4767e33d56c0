// Nothing speaks against a cause but what a witness looked for and could have seen; and what is quoted was collected.
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { describe, it } from 'node:test';
import { causeModels } from '../../src/causes/index.ts';
import { diagnose } from '../../src/diagnose/diagnose.ts';
import { wantedWords } from '../../src/diagnose/witness-words.ts';
import type { BlindSpot, NodeEvent } from '../../src/model/node-event.ts';
import type { Finding } from '../../src/model/run-record.ts';
import { facts } from '../../src/diagnose/facts/index.ts';
import { storyOf } from './made-by-hand.ts';
import { recordedEvidence, recordedNodes, recordedRuns } from './recorded.ts';

type Evidence = ReturnType<typeof recordedEvidence>;

function blind(source: string, spot: BlindSpot): NodeEvent[] {
  return recordedNodes.map((node) => ({
    ...{ event: 'source', at: '2026-01-01T00:00:00.000000Z', node, source, text: 'cannot see it' },
    ...{ file: '', state: 'limited', lost: null, blindTo: [spot] },
  }));
}

const withoutCounts = (nodes: readonly NodeEvent[], source: string) =>
  nodes.filter((event) => event.event === 'source' || event.source !== source);

const findingOf = (evidence: Evidence, cause: string): Finding => {
  const found = diagnose(evidence, causeModels).find((one) => one.cause === cause);
  assert.ok(found !== undefined, cause);
  return found;
};

describe('a rule that counts nothing', () => {
  const { probes, nodes } = recordedEvidence('policy-reject');
  const uncounted = withoutCounts(nodes, 'rule-counters');

  it('is not taken for one that was not hit, nor are rules that came and went between two readings', () => {
    const unaware = findingOf({ probes, nodes: uncounted }, 'policy-reject');
    assert.ok(unaware.missing.includes(wantedWords['rules-between-readings']), unaware.missing.join('; '));
    const aware = findingOf(
      { probes, nodes: [...uncounted, ...blind('rule-counters', 'reject')] },
      'policy-reject',
    );
    assert.ok(aware.missing.includes(wantedWords['rules-without-counter']), aware.missing.join('; '));
    // The way of the RST and the node's own count prove it all the same.
    for (const one of [unaware, aware]) assert.equal(one.certainty?.cause, 'proven');
  });

  it('takes nothing away from one that was seen to be hit', () => {
    const hits = probes.flatMap(({ event, at }): NodeEvent[] => {
      if (event !== 'failed') return [];
      const said = { event: 'counters', at, since: at, node: 'node-1', source: 'rule-counters' } as const;
      return [{ ...said, text: '', file: '', scope: 'node-1', changes: { '-j REJECT': 1 }, values: {} }];
    });
    const found = findingOf(
      { probes, nodes: [...nodes, ...hits, ...blind('rule-counters', 'reject')] },
      'policy-reject',
    );
    assert.ok(found.evidence.some(({ source }) => source === 'rule-counters'));
    assert.equal(found.missing.includes(wantedWords['rules-without-counter']), false);
  });
});

describe('pods that cannot be seen', () => {
  it("are not taken for ones that did nothing: the server's listener may have gone", () => {
    const { probes, nodes } = recordedEvidence('server-process-died');
    const unseen = ['listeners', 'snmp'].reduce(withoutCounts, nodes);
    const blindness = [...blind('listeners', 'pods'), ...blind('snmp', 'pods')];
    const [aware] = diagnose({ probes, nodes: [...unseen, ...blindness] }, causeModels);
    assert.ok(aware !== undefined);
    assert.ok(aware.missing.includes(wantedWords.listeners), aware.missing.join('; '));
    assert.ok(aware.missing.includes(wantedWords.snmp), aware.missing.join('; '));
    // Nobody looked: the process is not excluded, and the application is no more than likely.
    assert.ok(aware.suspects.includes('server-process-died'), aware.suspects.join());
    assert.notEqual(aware.certainty?.author, 'proven');
  });
});

/** Evidence as it is when somebody came late, went early, or captured by other means. */
const poorer: Readonly<Record<string, (evidence: Evidence) => Evidence>> = {
  'as it is': (evidence) => evidence,
  "without the server's node": ({ probes, nodes }) => ({
    probes,
    nodes: nodes.filter(({ node }) => node !== 'node-1'),
  }),
  'without the other node': ({ probes, nodes }) => ({
    probes,
    nodes: nodes.filter(({ node }) => node !== 'node-2'),
  }),
  'with a capture that knows no directions': ({ probes, nodes }) => ({
    probes,
    nodes: nodes.map((event) => (event.event === 'packet' ? { ...event, direction: 'unknown' } : event)),
  }),
  'with the capture alone': ({ probes, nodes }) => ({
    probes,
    nodes: nodes.filter(({ source }) => source === 'capture'),
  }),
  'without entries made': ({ probes, nodes }) => ({
    probes,
    nodes: nodes.filter((event) => event.event !== 'conntrack' || event.change !== 'new'),
  }),
  'without accepts': ({ probes, nodes }) => ({
    probes: probes.filter(({ event }) => event !== 'accepted'),
    nodes,
  }),
  'without resets in the capture': ({ probes, nodes }) => ({
    probes,
    nodes: nodes.filter((event) => event.event !== 'packet' || !event.flags.includes('R')),
  }),
};

describe('a witness that is quoted', () => {
  for (const [how, change] of Object.entries(poorer)) {
    it(`is not said to be missing, ${how}`, () => {
      for (const name of readdirSync(recordedRuns)) {
        for (const finding of diagnose(change(recordedEvidence(name)), causeModels)) {
          const quoted = new Set(finding.evidence.map(({ source }) => source));
          const words = Object.entries(wantedWords).flatMap(([source, word]) =>
            quoted.has(source) ? [word] : [],
          );
          const contradiction = words.filter((word) => finding.missing.includes(word));
          assert.deepEqual(contradiction, [], `${name}: ${finding.cause}`);
        }
      }
    });
  }

  it('is said to have missed the reset where it ran and has none', () => {
    const missing = diagnose(
      poorer['without resets in the capture']!(recordedEvidence('gke-intranode-policy')),
      causeModels,
    ).flatMap((finding) => finding.missing);
    assert.ok(missing.includes(wantedWords['captured-reset']), missing.join('; '));
    assert.equal(missing.includes(wantedWords.capture), false);
  });
});

describe('a node whose dataplane tracks connections in eBPF', () => {
  const { probes, nodes } = recordedEvidence('policy-reject');
  const inEbpf = recordedNodes.map((node): NodeEvent => ({
    ...{ event: 'dataplane', at: '2026-01-01T00:00:00.000000Z', node, source: 'rule-owners', text: 'Cilium' },
    ...{ file: '', kubeProxyMode: null, netd: false, calico: false, cilium: true },
  }));
  const names = [
    'entry deleted by a program',
    'entry expired',
    'packets were INVALID',
    'table overflowed',
  ] as const;
  const look = (evidence: readonly NodeEvent[]) => {
    const story = storyOf(evidence, probes);
    return names.map((name) => facts[name](story));
  };

  it('is not said to have deleted no entry, or judged no packet: nobody looked into its tables', () => {
    for (const fact of look(nodes)) assert.equal(fact.seen, 'no');
    for (const fact of look([...nodes, ...inEbpf]))
      assert.deepEqual(fact, { seen: 'unknown', missing: 'ebpf-conntrack' });
  });
});
