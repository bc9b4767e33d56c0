// What is told of answers that passed by the translation, and of flows that were translated anew; and what of their nearest neighbours.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { causeModels } from '../../src/causes/index.ts';
import { diagnose, diagnoseWire } from '../../src/diagnose/diagnose.ts';
import type { NodeEvent } from '../../src/model/node-event.ts';
import type { ProbeEvent } from '../../src/model/probe-event.ts';
import { another, anotherEntry, farOff, otherRst, passesBy } from './facts/untranslated-rows.ts';
import {
  clientRst,
  counters,
  failed,
  good,
  lost,
  packet,
  port,
  ran,
  routeGone,
  serverRst,
  talk,
} from './made-by-hand.ts';
import { atClient, atServer, hasNoSocket, isReset, known } from './kernel-events.ts';
import { at, client, firstEntry, server } from './story-events.ts';

const reset = [failed()];
const timedOut = [failed({ failure: 'timeout', errno: 'ETIMEDOUT' })];

function told(nodes: readonly NodeEvent[], probes: readonly ProbeEvent[] = reset) {
  const [finding] =
    probes.length === 0 ? diagnoseWire(nodes, causeModels) : diagnose({ nodes, probes }, causeModels);
  assert.ok(finding !== undefined);
  const { cause, author, certainty, rivals } = finding;
  return { cause, author, certainty, rivals: rivals.map((rival) => rival.cause) };
}

const watched = ['conntrack-events', 'conntrack-stats', 'capture', 'ip-monitor', 'listeners'].flatMap(ran);
const entry = firstEntry(1, port);
const stats = (invalid: number) =>
  counters('conntrack-stats', 'node-1', { invalid }, [lost - 0.05, lost + 0.01]);
const own = [...watched, ...known, ...talk()];
const deleted = firstEntry(good + 0.05, port, 'destroy', { deletedByProgram: true });

describe('an answer that the client resets because it comes from the pod', () => {
  const passed = [...own, ...passesBy(534), ...clientRst()];

  it('passed by the translation where nothing but the RST was INVALID', () => {
    const { cause, author, certainty } = told([...passed, stats(1)]);
    assert.deepEqual([cause, author, certainty?.cause], ['untranslated-answer', 'client-kernel', 'proven']);
  });

  it('is told of a client that times out, too', () => {
    const { cause, author } = told([...passed, stats(1)], timedOut);
    assert.deepEqual([cause, author], ['untranslated-answer', 'client-kernel']);
  });

  it('was judged INVALID where it was out of the window and more were counted so', () => {
    const { cause } = told([...own, ...passesBy(farOff), ...clientRst(), stats(2)]);
    assert.equal(cause, 'conntrack-invalid');
  });

  it('is open between the two where neither the counters nor its data were held', () => {
    const nodes = [...['conntrack-events', 'capture'].flatMap(ran), ...known, ...talk(), ...clientRst()];
    const { cause, rivals } = told(nodes);
    assert.equal(cause, 'unknown');
    assert.ok(rivals.includes('untranslated-answer') && rivals.includes('conntrack-invalid'), rivals.join());
  });

  it('is not told where a program had deleted the entry', () => {
    const { cause } = told([...passed, stats(1), deleted]);
    assert.notEqual(cause, 'untranslated-answer');
  });

  it('is not told where the entry had run out', () => {
    const { cause } = told([...passed, stats(1), firstEntry(lost + 1, port, 'destroy')]);
    assert.notEqual(cause, 'untranslated-answer');
  });

  it("is known by the client's kernel alone", () => {
    const kernel = [
      { ...hasNoSocket({ ...atClient, dst: server }), at: at(good + 0.02) },
      isReset(atServer, good + 0.021),
      ...['kernel-events', 'conntrack-events', 'conntrack-stats'].flatMap(ran),
    ];
    const { author, cause, rivals } = told([...known, ...kernel], timedOut);
    assert.equal(author, 'client-kernel');
    assert.ok([cause, ...rivals].includes('untranslated-answer'), [cause, ...rivals].join());
  });
});

describe('a flow that is translated anew', () => {
  const moved = [...own, deleted, anotherEntry(good + 0.06), ...otherRst];

  it('to another endpoint is reset by the kernel of that one, which is no stranger', () => {
    const { cause, author, certainty } = told(moved);
    assert.deepEqual([cause, author, certainty?.cause], ['translation-changed', 'server-kernel', 'proven']);
  });

  it('is known by its packets, where nobody watched the entries', () => {
    const { cause, author, rivals } = told([
      ...['capture', 'ip-monitor'].flatMap(ran),
      ...talk(),
      ...otherRst,
    ]);
    assert.ok([cause, ...rivals].includes('translation-changed'), [cause, ...rivals].join());
    assert.ok(['server-kernel', 'unknown'].includes(author), author);
  });

  it('to the same endpoint is an entry that was deleted', () => {
    const again = firstEntry(good + 0.06, port, 'new', { state: 'ESTABLISHED' });
    assert.equal(told([...own, deleted, again, ...serverRst()]).cause, 'conntrack-entry-deleted');
  });

  it('because its entry ran out is an entry that ran out', () => {
    const expired = firstEntry(good + 3.5, port, 'destroy');
    const rst = otherRst.map((one) => ({ ...one, at: at(good + 3.005) }));
    const nodes = [...own, anotherEntry(good + 3), expired, ...rst];
    assert.notEqual(told(nodes, [failed({ at: at(good + 3.01) })]).cause, 'translation-changed');
  });

  it('because its pod is gone is an endpoint that was replaced', () => {
    assert.equal(told([...moved, routeGone(good + 0.04)]).cause, 'endpoint-replaced');
  });

  it('is open with an entry that ran out, where only the node of the other endpoint was watched', () => {
    const tuple = { src: client, sport: port, dst: another, dport: 8_080 };
    const nodes = [
      ...watched,
      { ...anotherEntry(lost - 0.002), original: tuple } as NodeEvent,
      packet(lost - 0.002, ['eth0', 'in'], tuple, 'P.', { seq: 18, ttl: 61, payloadLength: 17 }),
      packet(lost - 0.002, ['cali-other', 'out'], tuple, 'P.', { seq: 18, ttl: 60, payloadLength: 17 }),
      ...otherRst.slice(0, 1),
    ];
    const { cause, rivals } = told(nodes, []);
    assert.equal(cause, 'unknown');
    assert.ok(rivals.includes('translation-changed') && rivals.includes('conntrack-expired'), rivals.join());
  });

  it('to another endpoint, while the one that had served it sent the RST, is not that', () => {
    const { cause } = told([...own, entry, anotherEntry(good + 0.06), ...serverRst()]);
    assert.notEqual(cause, 'translation-changed');
    assert.notEqual(another, server);
  });
});
