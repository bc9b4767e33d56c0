// A server that closes in order while nothing is asked took nothing from anybody; a question that it left unanswered is lost.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { causeModels } from '../../src/causes/index.ts';
import { createProbeReader } from '../../src/diagnose/connections/lost-by-probes.ts';
import { diagnose } from '../../src/diagnose/diagnose.ts';
import type { NodeEvent } from '../../src/model/node-event.ts';
import type { FailedEvent, ProbeEvent } from '../../src/model/probe-event.ts';
import { answered, failed, failedAgain, leaves, lost, packet, question, ran, talk } from './made-by-hand.ts';
import { at, client, service } from './story-events.ts';

const closed = (phase: FailedEvent['phase']) => failed({ failure: 'closed', errno: 'EOF', phase });
const backAgain: ProbeEvent = {
  ...{ event: 'connected', role: 'client', class: 'here', connection: 1, slot: 0, loopDelayMs: 0 },
  ...{ local: `${client}:40002`, remote: `${service}:8080`, at: at(lost + 0.1), connectMs: 1 },
};
const findingsOf = (probes: readonly ProbeEvent[], nodes: readonly NodeEvent[] = []) =>
  diagnose({ probes, nodes }, causeModels);
/** The server's FIN has crossed the question: it acknowledges nothing of it. */
const crossing = [
  ...talk(),
  ...question(lost - 0.005, 35),
  packet(lost - 0.00501, ['cali-server', 'in'], leaves, 'F.', { seq: 534, ack: 35 }),
  packet(lost - 0.00499, ['cali-client', 'out'], answered, 'F.', { seq: 534, ack: 35, ttl: 63 }),
  ...ran('capture'),
];

describe('a connection that the server closed with a FIN', () => {
  it('while it was idle is no finding, when the client is back at once', () => {
    assert.deepEqual(findingsOf([closed('idle'), backAgain]), []);
    assert.deepEqual(findingsOf([closed('idle')]), []);
  });

  it('with a question unanswered is lost, though the client is back at once', () => {
    const [finding] = findingsOf([closed('awaiting'), backAgain], crossing);
    assert.ok(finding !== undefined, 'it is told');
    const { cause, author, connections } = finding;
    assert.deepEqual([cause, author, connections], ['unknown', 'unknown', 1]);
    assert.deepEqual(finding.suspects, ['server-application', 'server-process-died']);
    const said = finding.evidence.map(({ text }) => text);
    assert.ok(said.includes('the peer closed the connection with a question unanswered'), said.join('\n'));
    assert.ok(
      said.some((text) => text.includes('the two crossed')),
      said.join('\n'),
    );
  });

  it('while it was idle, and whose client nobody answers, is lost as that attempt; with a question unanswered, as it was', () => {
    const lossOf = (phase: FailedEvent['phase']) => {
      const reader = createProbeReader();
      for (const event of [closed(phase), failedAgain('timeout')]) reader.add(event);
      const [loss] = reader.timeline().lost;
      return [loss?.failure, loss?.phase];
    };
    assert.deepEqual(lossOf('idle'), ['timeout', 'connecting']);
    assert.deepEqual(lossOf('awaiting'), ['closed', 'awaiting']);
  });
});
