// What a watcher on one node has that captures no data packets: of the recorded runs, one node's evidence without them. The other
// node's tables and rules were seen by nobody, and a silence between a beginning and an end has no packets that could show it.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { causeModels } from '../../src/causes/index.ts';
import { diagnoseWire } from '../../src/diagnose/diagnose.ts';
import { choose, scenariosEverywhere } from '../../src/lab/scenarios/index.ts';
import type { NodeEvent } from '../../src/model/node-event.ts';
import type { Finding } from '../../src/model/run-record.ts';
import { recordedEvidence, recordedNodes } from './recorded.ts';

const isData = (event: NodeEvent) => event.event === 'packet' && !/[SFR]/.test(event.flags);

function leavesOut({ cause, author, rivals, suspects }: Finding, truth: string, authors: readonly string[]) {
  const isOpen = cause === 'unknown' && (rivals.length === 0 || rivals.some((one) => one.cause === truth));
  if (cause !== truth && !isOpen) return true;
  return author === 'unknown'
    ? !authors.some((one) => suspects.some((suspect) => suspect === one))
    : !authors.includes(author);
}

describe('one node, and no data packets', () => {
  for (const scenario of scenariosEverywhere) {
    const choice = choose(scenario);
    const truth = scenario.expectedCause(choice);
    if (truth === null) continue;
    for (const node of recordedNodes)
      it(`leave nothing out that it was: ${scenario.name}, ${node}`, () => {
        const { nodes } = recordedEvidence(scenario.name);
        const seen = nodes.filter((event) => event.node === node && !isData(event));
        const found = diagnoseWire(seen, causeModels);
        const all = found.reduce((sum, { connections }) => sum + connections, 0);
        const largest = found.filter(({ connections }) => connections >= all / 10);
        for (const finding of largest)
          assert.ok(
            !leavesOut(finding, truth, scenario.expectedAuthor(choice)),
            `${finding.connections} of ${all}: ${finding.cause} by ${finding.author}, or ${finding.rivals.map((one) => one.cause).join(', ')} by ${finding.suspects.join(', ')}`,
          );
      });
  }
});
