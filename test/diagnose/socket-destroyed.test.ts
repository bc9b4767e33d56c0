// A server's live socket that a program destroys sends the RST of one that its own program closes with linger 0: who tells them apart.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { causeModels } from '../../src/causes/index.ts';
import { diagnose, diagnoseWire } from '../../src/diagnose/diagnose.ts';
import type { NodeEvent } from '../../src/model/node-event.ts';
import type { Finding } from '../../src/model/run-record.ts';
import {
  afterwards,
  atClient,
  atServer,
  isTaken,
  kernel,
  known,
  losesByReset,
  serverAborts,
} from './kernel-events.ts';
import {
  counters,
  failed,
  failedAgain,
  laterRound,
  listener,
  live,
  lost,
  ran,
  routeGone,
  serverRst,
  talk,
} from './made-by-hand.ts';
import { accepted, server } from './story-events.ts';
import { serverIsReset } from './facts/own-word-rows.ts';

function said({ cause, author, certainty, rivals }: Finding): string {
  const why =
    certainty?.cause === 'open'
      ? rivals
          .map((one) => one.cause)
          .sort()
          .join(' or ')
      : cause;
  return `${author} ${certainty?.author}: ${why} ${certainty?.cause}`;
}
const byWire = (...nodes: readonly NodeEvent[]) => diagnoseWire(nodes, causeModels).map(said);
const seen = [...talk(), ...serverRst({ ...live, seq: 534 }), ...ran('capture')];
const counted = (changes: Record<string, number>): NodeEvent[] => [
  counters('snmp', server, { TcpInSegs: 1 }, [1.7, 1.8]),
  counters('snmp', server, changes),
  laterRound(server),
  ...ran('snmp'),
];

describe('a RST of the server’s live socket', () => {
  it('is open where packets alone tell of it', () => {
    assert.deepEqual(byWire(...seen), [
      'unknown open: server-aborted or server-killed-for-memory or server-process-died or socket-destroyed open',
    ]);
  });

  it('is likely a destroyer’s where its kernel counted no abort, and the server’s own where it did', () => {
    assert.deepEqual(byWire(...seen, ...counted({ TcpOutRsts: 1 })), [
      'privileged-program likely: socket-destroyed likely',
    ]);
    const [aborted] = byWire(...seen, ...counted({ TcpOutRsts: 1, TcpExtTCPAbortOnData: 1 }));
    assert.match(aborted ?? '', /: server-aborted likely$/);
  });

  it('is proven by the kernel’s word, with packets and without; and so is that of linger 0', () => {
    const watched = [...known, ...kernel, afterwards];
    const proven = ['privileged-program proven: socket-destroyed proven'];
    assert.deepEqual(byWire(...watched, ...isTaken(atServer), ...losesByReset(atClient)), proven);
    const rst = counters('snmp', server, { TcpOutRsts: 1 });
    assert.deepEqual(
      byWire(...watched, ...seen, rst, ...isTaken(atServer), ...losesByReset(atClient)),
      proven,
    );
    const own = byWire(...watched, ...seen, rst, serverAborts('TCP_STATE'), ...losesByReset(atClient));
    assert.deepEqual(own, ['server-application proven: server-aborted proven']);
  });

  it('is shown all the same where an endpoint goes in that moment, as when an agent ends what leads there', () => {
    const nodes = [
      ...known,
      ...kernel,
      afterwards,
      routeGone(lost - 0.01),
      ...isTaken(atServer),
      ...losesByReset(atClient),
    ];
    assert.deepEqual(byWire(...nodes), ['privileged-program proven: socket-destroyed proven']);
  });

  it('is told by the server that reads ECONNABORTED', () => {
    const ended = { ...serverIsReset(lost - 0.001), errno: 'ECONNABORTED' };
    const [finding] = diagnose({ probes: [failed(), accepted(1, 40_001), ended], nodes: [] }, causeModels);
    assert.deepEqual(finding && said(finding), 'privileged-program likely: socket-destroyed proven');
  });

  it('does not suggest a destroyer where the listener goes, or refuses afterwards', () => {
    for (const found of [
      byWire(...seen, listener(lost - 0.01, 'closed'), ...ran('listeners')),
      diagnose({ probes: [failed(), failedAgain('refused')], nodes: seen }, causeModels).map(said),
    ])
      assert.doesNotMatch(found.join(), /socket-destroyed/);
  });
});
