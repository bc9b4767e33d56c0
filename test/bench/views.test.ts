import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  hasForm,
  mostHitClient,
  onlyOurs,
  tcpdumpAt,
  views,
  viewsUnder,
  type View,
} from '../../bench/diagnosis/views.ts';
import { choose, findScenario, scenarios } from '../../src/lab/scenarios/index.ts';
import type { NodeEvent } from '../../src/model/node-event.ts';
import type { ProbeEvent } from '../../src/model/probe-event.ts';

const scenario = findScenario('policy-reject');
const setup = scenario.setup(choose(scenario));

const packet = (node: string, name: string): NodeEvent => ({
  ...{ event: 'packet', at: '2026-01-01T00:00:00.000000Z', node, source: 'capture', text: '', file: 'x' },
  ...{ interface: name, direction: 'in', flags: 'R', seq: 1, ack: 0, window: 0, ttl: 64, ipId: 0 },
  tuple: { src: '10.44.0.10', sport: 8080, dst: '10.44.0.33', dport: 40_000 },
  ...{ dontFragment: true, ipLength: 40, payloadLength: 0, hasTimestampOption: false, retransmission: false },
});
const started: NodeEvent = {
  ...{ event: 'source', at: '2026-01-01T00:00:00.000000Z', node: 'node-1', source: 'capture', text: '' },
  ...{ file: 'x', state: 'started', lost: null },
};

describe('what tcpdump sees at one interface', () => {
  it("is that interface's packets alone, and tells neither direction nor interface nor node", () => {
    const events = [
      packet('node-1', 'cali-server'),
      packet('node-1', 'eth0'),
      packet('node-2', 'cali-server'),
      started,
    ];
    const seen = tcpdumpAt(events, 'node-1', 'cali-server');
    assert.deepEqual(seen, [
      {
        ...packet('node-1', 'cali-server'),
        ...{ node: 'tcpdump', file: 'tcpdump.pcap', interface: 'unknown', direction: 'unknown' },
      },
    ]);
  });

  it('every scenario has an interface for its server and for each of its clients', () => {
    for (const one of scenarios) {
      const { topology, servers, clients } = one.setup(choose(one));
      const pods = new Set(topology.pods.map(({ name }) => name));
      for (const { pod } of [...servers.slice(0, 1), ...clients])
        assert.ok(pods.has(pod), `${one.name} ${pod}`);
    }
  });
});

describe("the client's side", () => {
  const failed = (name: string) => ({ event: 'failed', role: 'client', class: name }) as ProbeEvent;

  it('is where most was lost, and the first client where nothing was', () => {
    const pod = (...classes: string[]) => mostHitClient({ probes: classes.map(failed), nodes: [], setup });
    assert.equal(pod('co-located', 'remote', 'remote'), 'remote-client');
    assert.equal(pod('co-located', 'remote'), 'co-located-client');
    assert.equal(pod(), 'co-located-client');
  });
});

describe('which causes a view can show', () => {
  it('those that only our own clients tell of are left out where there are none', () => {
    const [ours = ''] = onlyOurs;
    const withForm = (Object.keys(views) as View[]).filter((view) => hasForm(view, ours));
    assert.deepEqual(withForm, [
      'all witnesses',
      'no capture',
      'no conntrack events',
      'no rule, route and link changes',
      'without kernel events',
    ]);
    assert.ok(hasForm('foreign (no client events)', 'policy-reject'));
    assert.ok(hasForm('foreign (no client events)', null));
  });

  it('every view is looked at, in plain runs or in those that are watched', () => {
    assert.deepEqual([...viewsUnder.plain, ...viewsUnder.watched], Object.keys(views));
  });
});

describe('what packets alone tell of our own clients', () => {
  const at = (second: number) => `2026-01-01T00:00:0${second}.000000Z`;
  const to = { src: '10.44.0.33', sport: 40_000, dst: '10.44.0.10', dport: 8080 };
  const sent = (second: number, how: object) => ({
    ...packet('node-1', 'cali-server'),
    at: at(second),
    ...how,
  });
  const nodes = [
    started,
    sent(2, { tuple: to, direction: 'out', flags: 'S' }),
    sent(3, { flags: 'R.', seq: 0, ack: 2 }),
    { ...started, at: at(9), state: 'stopped', lost: 0 } as NodeEvent,
  ];
  const did = (event: string, second: number) =>
    ({ event, role: 'client', class: 'co-located', at: at(second) }) as ProbeEvent;
  const answers = (...probes: ProbeEvent[]) =>
    views['foreign (no client events)']({ nodes, setup, watched: new Map(), probes });

  it('counts until they were told to stop', () => {
    assert.equal(answers(did('finished', 4)).length, 1);
    assert.deepEqual(answers(did('answered', 0), did('finished', 1), did('finished', 1)), []);
    assert.equal(answers().length, 1);
  });

  it('counts on where one ended a connection of its own accord', () =>
    assert.equal(answers(did('finished', 1), did('answered', 4)).length, 1));
});
