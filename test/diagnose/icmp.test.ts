// What the diagnosis makes of ICMP errors about a connection's packets.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { causeModels } from '../../src/causes/index.ts';
import { diagnose } from '../../src/diagnose/diagnose.ts';
import type { NodeEvent, PacketEvent } from '../../src/model/node-event.ts';
import {
  counters,
  asked,
  clientRst,
  failed,
  icmpError,
  lost,
  packet,
  question,
  ran,
  takesIcmp,
  talk,
} from './made-by-hand.ts';

const again = (seconds: number): PacketEvent[] =>
  question(seconds, 35)
    .filter(({ interface: name }) => name === 'cali-client')
    .map((one) => ({ ...one, retransmission: true }));
/** A question that nothing comes back for, by anybody's packets. */
const silence: NodeEvent[] = [...talk(), ...again(lost - 0.06), ...again(lost - 0.03)];
const timedOut = [failed({ failure: 'timeout', errno: 'DEADLINE' })];
const found = (nodes: readonly NodeEvent[]) => {
  const [finding, another] = diagnose({ probes: timedOut, nodes }, causeModels);
  assert.ok(finding !== undefined && another === undefined);
  return finding;
};
const out = ['cali-client', 'out'] as const;
const answer = icmpError(lost - 0.059, out, [3, 3]);

describe('a connection that timed out', () => {
  it('while its packets were answered with ICMP port unreachable was rejected by a rule of the node that sent that', () => {
    const { author, cause, certainty, evidence, sentence } = found([...silence, answer, ...takesIcmp()]);
    assert.deepEqual(
      [author, cause, certainty],
      ['node-rule', 'policy-reject', { author: 'proven', cause: 'proven' }],
    );
    const said = evidence.map(({ text }) => text).join('\n');
    assert.match(said, /cali-client out ICMP type 3 code 3/);
    assert.match(said, /ends no established connection/);
    assert.match(sentence, /answers with an ICMP error/);
  });

  it('is that also where the client, which had gone, resets what comes too late', () => {
    const late = clientRst().map((one) => ({ ...one, at: failed().at }));
    const { author, cause } = found([...silence, answer, ...late, ...takesIcmp()]);
    assert.deepEqual([author, cause], ['node-rule', 'policy-reject']);
  });

  it('was not dropped in silence where those beside it were told: of many that are refused some hear nothing', () => {
    const beside = icmpError(lost - 0.059, out, [3, 3], { tuple: { ...asked, sport: 40_777 } });
    const { author, cause, certainty } = found([...silence, beside, ...takesIcmp()]);
    assert.deepEqual([author, cause, certainty?.cause], ['unknown', 'policy-reject', 'likely']);
  });

  it('was not dropped by its server’s kernel, as far as anybody knows, where it was an attempt and those beside it were told', () => {
    const attempt = failed({ failure: 'timeout', errno: 'ETIMEDOUT', phase: 'connecting', lastGoodAt: null });
    const beside = icmpError(lost - 0.059, out, [3, 3], { tuple: { ...asked, sport: 40_777 } });
    const opens = [0.09, 0.05].map((before) =>
      packet(lost - before, ['cali-client', 'in'], asked, 'S', { seq: 1 }),
    );
    const facing = (...nodes: readonly NodeEvent[]) => {
      const [finding] = diagnose(
        { probes: [attempt], nodes: [...opens, ...takesIcmp(), ...nodes] },
        causeModels,
      );
      return finding?.suspects ?? [];
    };
    assert.ok(!facing().includes('node-rule'));
    for (const one of ['node-rule', 'node-kernel', 'server-kernel'] as const)
      assert.ok(facing(beside).includes(one), one);
  });

  it('in silence is that only where ICMP errors would have been captured; elsewhere a rule may have sent them', () => {
    const { certainty: watched, cause: known, rivals: silent } = found([...silence, ...takesIcmp()]);
    const { author, cause, certainty, rivals } = found([...silence, ...ran('capture')]);
    assert.deepEqual([watched?.author, known], ['proven', 'unknown']);
    // Of those that keep silent each is as likely: nobody spoke the other way, and nobody watched the server's links.
    assert.deepEqual(silent.map((rival) => rival.cause).sort(), [
      'one-way-drop',
      'peer-host-gone',
      'silent-drop',
    ]);
    assert.deepEqual([author, cause, certainty], ['unknown', 'unknown', { author: 'open', cause: 'open' }]);
    for (const one of ['silent-drop', 'policy-reject'] as const)
      assert.ok(
        rivals.some((rival) => rival.cause === one),
        one,
      );
  });

  it('in silence is not proven to be nobody where a rule that drops was hit meanwhile', () => {
    const rule = counters('rule-counters', 'node-1', { 'filter FORWARD -p tcp --dport 8080 -j DROP': 2 });
    const { certainty, suspects } = found([...silence, ...takesIcmp(), rule]);
    assert.notEqual(certainty?.author, 'proven');
    assert.ok(suspects.includes('node-rule') && suspects.includes('nobody'));
  });

  it('after its packets were said to be too long has no cause that we know, and the error is shown', () => {
    const tooLong = icmpError(lost - 0.059, out, [3, 4], { mtu: 1_400 });
    const { author, cause, evidence } = found([...silence, tooLong, ...takesIcmp()]);
    assert.deepEqual([author, cause], ['unknown', 'unknown']);
    assert.ok(evidence.some(({ text }) => text.includes('ICMP type 3 code 4')));
  });

  it('and was said to have no host behind it was lost by the kernel that said so', () => {
    const noHost = icmpError(lost - 0.059, out, [3, 1]);
    const { author, cause, certainty } = found([...silence, noHost, ...takesIcmp()]);
    assert.deepEqual([author, certainty?.author, cause], ['node-kernel', 'likely', 'unknown']);
  });
});
