// Where no packet was captured, what kernels, sockets and programs told of a connection's end is its ladder.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { causeModels } from '../../../src/causes/index.ts';
import { diagnoseDrawn } from '../../../src/experiment/drawing/drawn-findings.ts';
import { toldOf } from '../../../src/experiment/drawing/told-of-ending.ts';
import { mostTold } from '../../../src/model/last-moments.ts';
import type { NodeEvent } from '../../../src/model/node-event.ts';
import { ladderLines } from '../../../src/report/ladder-lines.ts';
import { packetLadder } from '../../../src/report/html/sections/packet-ladder.ts';
import {
  afterwards,
  atClient,
  atServer,
  endOfSocket,
  kernel,
  known,
  losesByReset,
  serverAborts,
  told,
} from '../../diagnose/kernel-events.ts';
import { failed, icmpError, lost, storyOf } from '../../diagnose/made-by-hand.ts';

const drawn = (...nodes: readonly NodeEvent[]) => {
  const [finding] = diagnoseDrawn(
    { probes: [failed()], nodes: [...known, ...kernel, afterwards, ...nodes] },
    causeModels,
  );
  assert.ok(finding !== undefined);
  return finding;
};

describe('what was told of the end', () => {
  test('is the ladder of a connection of which nobody captured a packet', () => {
    const finding = drawn(serverAborts(), ...losesByReset(atClient), endOfSocket(atServer, 12));
    assert.equal(finding.ladder, undefined);
    assert.deepEqual(ladderLines(finding), [
      'Last moments, client 10.1.0.33:40001, server 10.2.0.50:8080:',
      '  since loss  what was told',
      '   -1.000 ms  server on node-1: sent a RST (TCP_ABORT_ON_CLOSE), by redis-server (pid 4711)',
      "              ^ RST by the server's application (proven)",
      '   -0.900 ms  client on node-1: received a RST',
      '   -0.900 ms  client on node-1: ESTABLISHED -> CLOSE',
      '           0  server on node-1: its socket ended: 12 bytes unread',
      '           0  client: its program: read, ECONNRESET',
    ]);
  });

  test('is a table in the page, with the same rows', () => {
    const { text } = packetLadder(drawn(serverAborts(), ...losesByReset(atClient)), 'finding 1');
    assert.match(text, /aria-label="The last moments of finding 1"/);
    assert.match(text, /<tr class="reset"><td class="number">-1\.000 ms<\/td><td>server<\/td>/);
    assert.match(text, /told-by-client">received a RST</);
  });

  test('counts what was sent again in one line', () => {
    const again = [0.05, 0.04, 0.03].map((before) => told(lost - before, 'retransmit', atClient));
    const lines = toldOf(
      storyOf([...known, ...kernel, ...again], [failed({ failure: 'timeout', errno: 'DEADLINE' })]),
    );
    assert.deepEqual(
      lines.map(({ side, text, mark }) => [side, text, mark]),
      [
        ['client', 'sent again, 3 times in all', 'again'],
        ['client', 'its program: read, DEADLINE', null],
      ],
    );
  });

  test('has an ICMP error once, however many interfaces it crossed, with who sent it', () => {
    const errors = [
      icmpError(lost - 0.01, ['cali-client', 'out'], [3, 13]),
      icmpError(lost - 0.0099, ['eth0', 'out'], [3, 13]),
    ];
    const lines = toldOf(
      storyOf([...known, ...errors], [failed({ failure: 'unreachable', errno: 'EHOSTUNREACH' })]),
    );
    assert.deepEqual(
      lines.map(({ side, text }) => [side, text]),
      [
        ['node', "ICMP error 3/13 from 10.1.0.1 about the client's packet"],
        ['client', 'its program: read, EHOSTUNREACH'],
      ],
    );
  });

  test('is bounded, and says how much it leaves out', () => {
    const states = Array.from({ length: 30 }, (_, index) =>
      told(lost - 0.05 + index / 10_000, 'set-state', atClient, { state: 'ESTABLISHED', newState: 'CLOSE' }),
    );
    const { lastMoments } = drawn(...states);
    assert.equal(lastMoments?.told.length, mostTold);
    assert.equal(lastMoments.earlier, 31 - mostTold);
  });
});
