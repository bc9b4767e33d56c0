// What nobody could see must stay among what it may have been: packets without data, a look that came too late.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { causeModels } from '../../src/causes/index.ts';
import { facts } from '../../src/diagnose/facts/index.ts';
import type { Condition } from '../../src/diagnose/who/exclusion-row.ts';
import { createJudge } from '../../src/diagnose/why/judged-alike.ts';
import {
  atClient,
  atServer,
  byClient,
  exits,
  hasNoSocket,
  kernel,
  known,
  losesByReset,
  serverAborts,
  told,
} from './kernel-events.ts';
import type { NodeEvent, PacketEvent } from '../../src/model/node-event.ts';
import { at } from './story-events.ts';
import {
  factsWhere,
  failed,
  good,
  leaves,
  listener,
  live,
  lost,
  packet,
  ran,
  serverRst,
  source,
  storyOf,
  talk,
} from './made-by-hand.ts';

const judged = (...conditions: readonly Condition[]) => {
  const { judgement } = createJudge(causeModels)(factsWhere(...conditions));
  return { ...judgement, of: judgement.rivals.map(({ model }) => model.cause) };
};

describe('what nobody could see', () => {
  it('leaves a race beside an end of the process where the listener was out of sight', () => {
    const { cause, author, of } = judged(
      ...(['was reset', 'not timed out', 'not was refused', 'not never connected'] as const),
      ...(['asked as it closed', 'RST of a live socket', 'RST to the client'] as const),
      'no abort known to be counted',
    );
    assert.deepEqual([cause, author], [null, 'unknown']);
    for (const one of ['keep-alive-race', 'server-process-died']) assert.ok(of.includes(one), of.join());
  });

  it('leaves an idle timeout beside a hole where the silence before was out of sight', () => {
    const silent: Condition[] = [
      ...(['timed out', 'sent again and again', 'not never connected', 'not ICMP error seen'] as const),
      ...(['not entry expired', 'not table overflowed', 'may never have arrived'] as const),
    ];
    const { of } = judged(...silent);
    for (const one of ['idle-timeout-between', 'silent-drop']) assert.ok(of.includes(one), of.join());
    assert.ok(!judged(...silent, 'not had been idle').of.includes('idle-timeout-between'));
  });

  it('leaves open whether a listener was gone that no look had missed yet, where its kernel had no socket', () => {
    const refused = { phase: 'connecting', failure: 'refused', errno: 'ECONNREFUSED', answers: 0 } as const;
    const looked = [...known, ...kernel, ...ran('listeners')];
    const seen = (nodes: typeof looked) =>
      facts['listener closed'](storyOf([...looked, ...nodes], [failed(refused)])).seen;
    assert.equal(seen([]), 'no');
    assert.equal(seen([hasNoSocket(atServer)]), 'unknown');
  });

  it('leaves open whether a process was killed for memory that ended, until its kernel has told of something later', () => {
    const until = (seconds: number) => ({
      ...source('kernel-events', 'started'),
      ...{ at: source('kernel-events', 'limited', { seconds }).at },
    });
    const seen = (...nodes: readonly NodeEvent[]) =>
      facts['killed for memory'](storyOf([...known, exits(), serverAborts(), ...nodes], [failed()])).seen;
    const begun = source('kernel-events', 'started');
    assert.equal(seen(begun), 'unknown');
    assert.equal(seen(begun, until(lost + 0.1)), 'unknown');
    assert.equal(seen(begun, until(lost + 0.5)), 'no');
    assert.equal(seen(...ran('kernel-events')), 'no');
  });

  it('leaves open whether a process was killed for memory of which a log tells that its kernel had chosen one shortly before', () => {
    const log = ran('kernel-log').map(
      (event): NodeEvent => ({ ...event, takes: ['oom-kills'] }) as NodeEvent,
    );
    const killed = {
      ...log[0],
      event: 'kernel-log',
      kind: 'oom-kill',
      process: null,
      cgroup: null,
      context: null,
    };
    const seen = (...nodes: readonly NodeEvent[]) =>
      facts['killed for memory'](storyOf([...known, ...talk(), ...log, ...nodes], [failed()])).seen;
    const told = (seconds: number) => ({ ...killed, at: at(seconds) }) as unknown as NodeEvent;
    assert.equal(seen(), 'no');
    // Its kernel acknowledges until its sockets are closed.
    assert.equal(seen(told(good - 0.5)), 'unknown');
    assert.equal(seen(told(good - 40)), 'no');
  });

  it('leaves open what a kernel kept silent about that told nothing of a RST which a socket of its own was seen to send', () => {
    const seen = (
      name: 'killed for memory' | 'its process was ending',
      rst: Partial<PacketEvent>,
      ...nodes: readonly NodeEvent[]
    ) =>
      facts[name](
        storyOf([...known, ...kernel, ...ran('capture'), ...talk(), ...serverRst(rst), ...nodes], [failed()]),
      ).seen;
    assert.equal(seen('killed for memory', {}), 'no');
    assert.equal(seen('killed for memory', live), 'unknown');
    assert.equal(seen('killed for memory', live, serverAborts()), 'no');
    assert.equal(seen('its process was ending', live), 'unknown');
    // A rule of the pod has no socket, and its kernel nothing to tell.
    assert.equal(
      facts["server's kernel sent a RST"](
        storyOf(
          [
            ...known,
            ...kernel,
            ...ran('capture'),
            ...talk(),
            ...serverRst(),
            losesByReset(atClient)[0] as NodeEvent,
          ],
          [failed()],
        ),
      ).seen,
      'no',
    );
  });

  it('leaves open whether a listener was closed that no look found open while its server was well', () => {
    const looked = [...known, ...ran('listeners')];
    const seen = (...nodes: readonly NodeEvent[]) =>
      facts['listener closed'](storyOf([...looked, ...nodes], [failed()])).seen;
    assert.equal(seen(), 'no');
    assert.equal(seen(listener(good - 0.5, 'opened')), 'no');
    assert.equal(seen(listener(good - 0.5, 'closed')), 'unknown');
    assert.equal(seen(listener(lost + 0.3, 'opened')), 'unknown');
    // Found late, and before the loss: it is the one that would be missed.
    const asked = failed({ at: at(lost + 2) });
    const later = listener(good + 0.05, 'opened');
    assert.equal(facts['listener closed'](storyOf([...looked, later], [asked])).seen, 'no');
  });

  it('leaves open what a goodbye with a RST behind it had met where the capture has no packets with data', () => {
    const goodbye = packet(lost - 0.002, ['cali-server', 'in'], leaves, 'F.', { seq: 534, ack: 35 });
    const rst = packet(lost - 0.001, ['cali-server', 'in'], leaves, 'R.', { seq: 535, ack: 52, window: 64 });
    const seen = (nodes: readonly (typeof rst)[]) =>
      facts['closed on a question that had just come'](
        storyOf([...known, ...kernel, ...ran('capture'), serverAborts(), ...nodes], [failed()]),
      ).seen;
    assert.equal(seen([rst]), 'no');
    assert.equal(seen([goodbye, rst]), 'unknown');
  });

  it('leaves open why a client went that had said its question again before, be the loss of the last moment alone', () => {
    const closes = told(lost - 0.05, 'set-state', atClient, {
      ...byClient,
      ...{ state: 'ESTABLISHED', newState: 'FIN_WAIT1' },
    });
    const answersLate = told(lost - 0.001, 'send-reset', atClient, {
      state: 'CLOSE',
      reason: 'TCP_ABORT_ON_DATA',
    });
    const end = [closes, answersLate, ...losesByReset(atServer)];
    const again = [0.6, 0.4].map((before) => told(lost - before, 'retransmit', atClient));
    const seen = (nodes: readonly NodeEvent[]) => {
      const story = storyOf([...known, ...kernel, ...nodes, ...end]);
      const events = story.kernel.events.filter(({ tracepoint }) => tracepoint !== 'retransmit');
      return facts['client had closed it before']({ ...story, kernel: { ...story.kernel, events } }).seen;
    };
    assert.equal(seen([]), 'yes');
    assert.equal(seen(again), 'unknown');
  });
});
