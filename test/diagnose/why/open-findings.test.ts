// Losses that no cause explains: what a finding says of them is true of each that it counts.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { diagnoseWire } from '../../../src/diagnose/diagnose.ts';
import type { CauseModel } from '../../../src/diagnose/why/cause-model.ts';
import type { NodeEvent } from '../../../src/model/node-event.ts';
import {
  afterwards,
  atClient,
  atServer,
  closes,
  hasNoSocket,
  keptInVain,
  kernel,
  known,
  losesByReset,
  serverAborts,
} from '../kernel-events.ts';
import { port } from '../made-by-hand.ts';
import { firstEntry } from '../story-events.ts';

/** The same, of a connection from another port of the client. */
const from = (other: number, events: readonly NodeEvent[]): NodeEvent[] =>
  events.map((event) => {
    if (event.event !== 'kernel' || event.tuple === null) return event;
    const { sport, dport } = event.tuple;
    const moved = (own: number) => (own === port ? other : own);
    return {
      ...event,
      tuple: { ...event.tuple, sport: moved(sport), dport: moved(dport) },
      ...(event.cookie === null ? {} : { cookie: `${event.cookie}-${other}` }),
    };
  });

/** What the findings say where these are all the causes there are. */
function told(losses: readonly (readonly NodeEvent[])[], models: readonly CauseModel[] = []) {
  const events = losses.flatMap((own, index) => [firstEntry(1, port + index), ...from(port + index, own)]);
  return diagnoseWire([...known, ...kernel, ...events, afterwards], models);
}
const who = (losses: readonly (readonly NodeEvent[])[]) =>
  told(losses).map(({ author, certainty, connections }) => [author, certainty?.author, connections]);

const aborted = [serverAborts(), ...losesByReset(atClient)];
const givenUp = [keptInVain(), ...losesByReset(atClient)];
const unknownThere = [hasNoSocket(atServer), ...losesByReset(atClient)];
const unknownAfterClose = [closes(atServer), ...unknownThere];

describe('losses that no cause explains', () => {
  it('are told by who ended them', () => {
    assert.deepEqual(who([aborted, givenUp, aborted]), [
      ['server-application', 'proven', 2],
      ['gave-up', 'proven', 1],
    ]);
  });

  it('are told by how sure it is who ended them', () => {
    assert.deepEqual(who([unknownThere, unknownAfterClose, unknownAfterClose]), [
      ['server-kernel', 'likely', 2],
      ['server-kernel', 'proven', 1],
    ]);
  });

  it('are told by who is left, and by what would explain them', () => {
    const cause = (name: string): CauseModel => ({
      ...{ cause: name, authors: ['gave-up'], shownBy: [['keep-alive ran out']], suggestedBy: [] },
      ...{ contradictedBy: [], fixes: [], sentence: () => name },
    });
    const findings = told([losesByReset(atClient), givenUp, aborted, aborted], [cause('a'), cause('b')]);
    assert.deepEqual(
      findings.map(({ connections, suspects, rivals }) => [
        ...[connections, suspects.length > 1],
        rivals.map((rival) => rival.cause).join(),
      ]),
      [
        [2, false, ''],
        [1, false, 'a,b'],
        [1, true, ''],
      ],
    );
  });
});
