// The last packets of a lost connection, as a finding keeps them and as a report draws them.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { causeModels } from '../../src/causes/index.ts';
import { diagnose } from '../../src/diagnose/diagnose.ts';
import { mostRungs, type Ladder } from '../../src/model/ladder.ts';
import type { NodeEvent, PacketEvent } from '../../src/model/node-event.ts';
import { findingSchema, type Finding } from '../../src/model/run-record.ts';
import { ladderLines } from '../../src/report/ladder-lines.ts';
import { packetLadder } from '../../src/report/html/sections/packet-ladder.ts';
import {
  accepted,
  at,
  firstEntry,
  questionTo,
  resetConnection,
  rule,
  secondEntry,
  serverReset,
} from '../diagnose/story-events.ts';
import { recordedDiagnosis } from './recorded.ts';

const flow = { port: 46_422, connectedAt: 1, lastGoodAt: 2, resetAt: 2.1 };
const probes = [...resetConnection(flow), accepted(1.001, 5_622)];
const entries = [firstEntry(1, 46_422), secondEntry(1, 46_422, 5_622)];

function findingOf(...nodes: readonly NodeEvent[]): Finding {
  const [finding] = diagnose({ probes, nodes: [...entries, rule(2.05, 'deleted'), ...nodes] }, causeModels);
  assert.ok(finding !== undefined);
  return findingSchema.parse(finding);
}

/** Flags, length and mark of each rung. */
const inBrief = (ladder: Ladder | undefined) =>
  ladder?.rungs.map(({ from, flags, length, mark }) => [from, flags, length, mark].join(' '));

const answer = (seconds: number, more: Partial<PacketEvent> = {}): PacketEvent => ({
  ...serverReset(seconds, 46_422),
  ...{ flags: 'P.', seq: 1, ack: 18, payloadLength: 6, window: 500 },
  ...more,
});

describe('the last packets of a lost connection', () => {
  test('a packet that crosses two interfaces, translated on the way, is one rung where it was seen first', () => {
    const { ladder } = findingOf(
      questionTo('cali-client', 1.99, 46_422),
      questionTo('cali-server', 1.9901, 5_622),
      serverReset(2.099, 46_422),
    );
    assert.deepEqual(inBrief(ladder), ['client P. 17 ', 'server R 0 ending']);
    assert.equal(ladder?.rungs[0]?.where, 'node-1 cali-client in');
    assert.deepEqual(ladder.client, { address: '10.1.0.33', port: 46_422 });
    assert.deepEqual(ladder.server, { address: '10.2.0.50', port: 8_080 });
    assert.equal(ladder.lostAt, at(2.1));
  });

  test('data that is sent again is marked, on whatever interface it is seen first', () => {
    const { ladder } = findingOf(
      questionTo('cali-client', 1.9, 46_422),
      { ...questionTo('cali-client', 2, 46_422), retransmission: true },
      serverReset(2.099, 46_422),
    );
    assert.deepEqual(inBrief(ladder), ['client P. 17 ', 'client P. 17 again', 'server R 0 ending']);
  });

  test('an acknowledgement that is said twice is not sent again: it carries nothing', () => {
    const ack = { flags: '.', payloadLength: 0 };
    const { ladder } = findingOf(answer(2, ack), answer(2.01, ack), serverReset(2.099, 46_422));
    assert.deepEqual(inBrief(ladder), ['server . 0 ', 'server . 0 ', 'server R 0 ending']);
  });

  test('numbers count from the first of each side, round the end of 32 bits', () => {
    const last = 0xffff_fffe;
    const { ladder } = findingOf(
      { ...questionTo('cali-client', 1.9, 46_422), seq: 1_000, ack: last },
      answer(1.91, { seq: last, ack: 1_017 }),
      { ...questionTo('cali-client', 1.95, 46_422), seq: 1_017, ack: 4 },
      { ...serverReset(2.099, 46_422), seq: 4 },
    );
    assert.deepEqual(
      ladder?.rungs.map(({ seq, ack }) => [seq, ack]),
      [
        [0, 0],
        [0, 17],
        [17, 6],
        // Without the flag of an acknowledgement there is none.
        [6, null],
      ],
    );
  });

  test('it is bounded, keeps the RST that ended the connection, and says how many packets it leaves out', () => {
    const many = Array.from({ length: 40 }, (_, index) => ({
      ...questionTo('cali-client', 1.5 + index / 100, 46_422),
      seq: 1 + 17 * index,
    }));
    const later = Array.from({ length: 10 }, (_, index) => ({
      ...questionTo('cali-client', 2.1 + index / 1_000, 46_422),
      seq: 1_000 + index,
    }));
    const { ladder } = findingOf(...many, serverReset(2.099, 46_422), ...later);
    assert.equal(ladder?.rungs.length, mostRungs);
    assert.deepEqual([ladder.earlier, ladder.later], [30, 7]);
    assert.equal(
      ladder.rungs.findIndex(({ mark }) => mark === 'ending'),
      mostRungs - 4,
    );
  });

  test('without a packet there is none', () => {
    assert.equal(findingOf().ladder, undefined);
  });

  test('of a bare capture, of which no entry is known, it is there all the same', async () => {
    const { findings } = await recordedDiagnosis('any-v6.pcap');
    assert.equal(findings[0]?.shown, undefined);
    assert.equal(findings[0]?.ladder?.rungs.at(-1)?.mark, 'ending');
  });
});

describe('the drawing of the last packets', () => {
  const finding = findingOf(
    questionTo('cali-client', 1.9, 46_422),
    { ...questionTo('cali-client', 2, 46_422), retransmission: true },
    serverReset(2.099, 46_422),
  );

  test('in text has a line for each, with times from the loss and the author of the RST', () => {
    const lines = ladderLines(finding);
    assert.deepEqual(lines, [
      'Last packets, client 10.1.0.33:46422, server 10.2.0.50:8080:',
      '   since loss  client                      server  first seen at',
      '  -200.000 ms  |-- [P.] seq 0:17 ack 0 len 17 ->|  node-1 cali-client in',
      '  -100.000 ms  |-- [P.] seq 0:17 ack 0 len 17 ->|  node-1 cali-client in  sent again',
      '    -1.000 ms  |<----------------- [R] seq 18 --|  node-1 cali-server in',
      `               ^ RST by the server's kernel (${finding.certainty?.author ?? ''})`,
    ]);
  });

  test('in a page nothing of an interface’s name becomes code', () => {
    const { ladder } = finding;
    assert.ok(ladder !== undefined);
    const rungs = ladder.rungs.map((rung) => ({ ...rung, where: '<script>alert(1)</script>' }));
    const { text } = packetLadder({ ...finding, ladder: { ...ladder, rungs } }, 'finding 1');
    assert.doesNotMatch(text, /<script/);
    assert.match(text, /RST by the server&#39;s kernel/);
  });
});
