// What is told of connections that wanted one port of a translation, and of their nearest neighbours.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { causeModels } from '../../src/causes/index.ts';
import { diagnose } from '../../src/diagnose/diagnose.ts';
import type { NodeEvent } from '../../src/model/node-event.ts';
import type { ProbeEvent } from '../../src/model/probe-event.ts';
import {
  again,
  failures,
  otherPort,
  ownEntry,
  ranOut,
  reset,
  taken,
  timedOut,
  watched,
} from './facts/port-taken-rows.ts';
import {
  asked,
  born,
  counters,
  failed,
  good,
  lost,
  packet,
  port,
  question,
  ran,
  serverRst,
  talk,
} from './made-by-hand.ts';
import { known } from './kernel-events.ts';
import { at, client, firstEntry, server } from './story-events.ts';

function told(nodes: readonly NodeEvent[], probes: readonly ProbeEvent[]) {
  const [finding] = diagnose({ nodes, probes }, causeModels);
  assert.ok(finding !== undefined);
  const { cause, author, certainty, rivals } = finding;
  return { cause, author, certainty: certainty?.cause, rivals: rivals.map((rival) => rival.cause) };
}

const alive = [...watched, ...['ip-monitor', 'listeners'].flatMap(ran), ...known, ownEntry, ...talk()];
/** It was idle for whole seconds: an entry that is gone sooner did not run out. */
const idle = (probes: readonly ProbeEvent[]): ProbeEvent[] =>
  probes.map((event) => ({ ...event, at: at(lost + 2), livedMs: (lost + 2 - born) * 1_000 }) as ProbeEvent);

/** What is asked after that, and reset. */
const late = [...question(lost + 1.998, 35), ...serverRst({}, lost + 1.999)];

describe('an idle connection whose port another one got', () => {
  const gone = [...alive, ranOut, taken()];
  it('lost it, where what it sends then is dropped each time', () => {
    const { cause, certainty } = told([...gone, ...again, failures(2)], timedOut);
    assert.deepEqual([cause, certainty], ['port-clash', 'likely']);
  });

  it('lost it, where what it sends then is reset', () => {
    const anew = firstEntry(good + 0.05, port, 'new', { state: 'ESTABLISHED' }, 40_001);
    const nodes = [...gone, anew, ...late];
    const { cause, author } = told(nodes, idle(reset));
    assert.deepEqual([cause, author], ['port-clash', 'server-kernel']);
  });

  it('lost it to a stranger, too, where a node hides both behind its own address', () => {
    const reply = { src: server, sport: 8_080, dst: '10.9.9.9', dport: 40_000 };
    const hidden = (event: NodeEvent, src = client): NodeEvent =>
      event.event === 'conntrack' ? { ...event, reply, original: { ...event.original, src } } : event;
    const entries = [hidden(ownEntry), hidden(ranOut), hidden(taken(), '10.1.0.77')];
    const nodes = [...alive.filter((event) => event !== ownEntry), ...entries, ...late];
    assert.equal(told(nodes, idle(reset)).cause, 'port-clash');
    // The same whichever is read first.
    const first = entries.slice(-1);
    const others = nodes.filter((event) => !first.includes(event));
    assert.equal(told([...first, ...others], idle(reset)).cause, 'port-clash');
  });

  it('ran out, where the other one got another port', () => {
    const nodes = [...alive, ranOut, taken(40_001), ...late];
    assert.equal(told(nodes, idle(reset)).cause, 'conntrack-expired');
  });

  it('was deleted, where a program did that', () => {
    const deleted = firstEntry(good + 0.03, port, 'destroy', { deletedByProgram: true }, 40_000);
    assert.equal(told([...alive, deleted, taken(), ...serverRst()], reset).cause, 'conntrack-entry-deleted');
  });
});

describe('an opening that is not answered', () => {
  const opening = { ...asked, sport: otherPort };
  const probes = [
    failed({
      ...{ at: at(lost + 2), local: `10.1.0.33:${otherPort}`, failure: 'timeout', errno: 'ETIMEDOUT' },
      ...{ phase: 'connecting', livedMs: 0, answers: 0, lastGoodAt: null, slot: 1, connection: 7 },
    }),
  ];
  const opens = [lost + 0.5, lost + 1.5].map((seconds) =>
    packet(seconds, ['cali-client', 'in'], opening, 'S', { seq: 7 }),
  );
  const nodes = [...watched, ...['ip-monitor', 'listeners'].flatMap(ran), ...known, ...talk(), ...opens];
  const counted = (changes: Record<string, number>, seconds: number) =>
    counters('conntrack-stats', 'node-1', changes, [seconds - 0.05, seconds + 0.05]);
  const eachTime = (changes: Record<string, number>) =>
    [lost + 0.5, lost + 1.5].map((seconds) => counted(changes, seconds));

  it('found no port, where an entry failed to be made each time; what drops without a word is named beside it', () => {
    const { cause, author, certainty, rivals } = told(
      [...nodes, ...eachTime({ insert_failed: 1, drop: 1 })],
      probes,
    );
    assert.deepEqual([cause, author, certainty], ['port-clash', 'nobody', 'likely']);
    assert.ok(rivals.includes('silent-drop'), rivals.join());
  });

  it('found its port, where no entry failed to be made, however little of what it sent is known', () => {
    const [, later] = again;
    assert.ok(later !== undefined);
    const rivalsWith = (...more: readonly NodeEvent[]) => told([...alive, later, ...more], timedOut).rivals;
    assert.ok(rivalsWith(failures(1)).includes('port-clash'));
    assert.ok(!rivalsWith().includes('port-clash'), rivalsWith().join());
  });

  it('found its port, where it was seen leaving the node', () => {
    const out = packet(lost + 0.5001, ['eth0', 'out'], { ...opening, dst: server }, 'S', { seq: 7, ttl: 63 });
    const { cause } = told([...nodes, out, ...eachTime({ insert_failed: 1, drop: 1 })], probes);
    assert.notEqual(cause, 'port-clash');
  });

  it('found the table full, where packets were dropped without that', () => {
    const { cause, rivals } = told([...nodes, ...eachTime({ drop: 1 })], probes);
    assert.notEqual(cause, 'port-clash');
    assert.ok([cause, ...rivals].includes('conntrack-table-full'), [cause, ...rivals].join());
  });

  it('may have found no port, where nobody saw what was sent, or whose entries were made', () => {
    for (const missing of ['capture', 'conntrack-events']) {
      const seen = [...nodes, ...eachTime({ insert_failed: 1, drop: 1 })];
      const { cause, rivals } = told(
        seen.filter(({ source }) => source !== missing),
        probes,
      );
      assert.ok([cause, ...rivals].includes('port-clash'), `without ${missing}: ${rivals.join()}`);
    }
  });

  it('is not said to have found no port, where an entry failed once and it was sent twice', () => {
    const { cause } = told([...nodes, counted({ insert_failed: 1, drop: 1 }, lost + 0.5)], probes);
    assert.notEqual(cause, 'port-clash');
  });
});
