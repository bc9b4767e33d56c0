// What a diagnosis of evidence written by hand accuses whom of, and that it accuses nobody who did nothing.
import assert from 'node:assert/strict';
import { causeModels } from '../../../src/causes/index.ts';
import { diagnose, diagnoseWire } from '../../../src/diagnose/diagnose.ts';
import type { Author } from '../../../src/model/author.ts';
import type { NodeEvent, PacketEvent } from '../../../src/model/node-event.ts';
import type { ProbeEvent } from '../../../src/model/probe-event.ts';
import type { Finding } from '../../../src/model/run-record.ts';
import { counters, good, laterRound } from '../made-by-hand.ts';

interface Told {
  readonly nodes: readonly NodeEvent[];
  readonly probes?: readonly ProbeEvent[];
}

/** Node addresses and counters as observers that look into pods tell them: something moved before, and something moves later. */
export const podsLookedInto = (...scopes: string[]): NodeEvent[] =>
  scopes.flatMap((scope) => [
    counters('snmp', scope, { TcpInSegs: 1 }, [good - 0.5, good - 0.4]),
    laterRound(scope),
  ]);

export function findingOf({ nodes, probes = [] }: Told): Finding {
  const [finding, another] =
    probes.length > 0 ? diagnose({ probes, nodes }, causeModels) : diagnoseWire(nodes, causeModels);
  assert.ok(finding !== undefined && another === undefined, 'one loss, one finding');
  return finding;
}

/** Nothing physical leaves out who did it, and nobody else is called proven. */
export function isNotAccused(truth: Author, told: Told): Finding {
  const finding = findingOf(told);
  const reason = finding.exclusions.find(({ author, basis }) => author === truth && basis === 'physics');
  assert.equal(reason, undefined, `${truth} did it, and is said not to have: ${reason?.because}`);
  if (finding.author !== truth) {
    assert.notEqual(finding.certainty?.author, 'proven', `proven: ${finding.author}; it was ${truth}`);
  }
  return finding;
}

export const onNode = (node: string, packets: readonly PacketEvent[]): PacketEvent[] =>
  packets.map((one) => ({ ...one, node }));
