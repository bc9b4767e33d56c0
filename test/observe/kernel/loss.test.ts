import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  createReckoning,
  describeBalance,
  missingBy,
  surplusBy,
} from '../../../src/observe/kernel/reckoning.ts';
import { lostBy, ringKib } from '../../../src/observe/kernel/ring.ts';
import { readTold } from '../../../src/observe/kernel/told.ts';
import { linesOf, node, pod, sortOut } from './recorded-trace.ts';

describe('loss', () => {
  it('is counted where the kernel overwrote events before they were read', () => {
    const { tally, kept } = sortOut([
      'CPU:0 [LOST 24516 EVENTS]',
      ...linesOf('ssk-v4'),
      'CPU:1 [LOST 2 EVENTS]',
    ]);
    assert.equal(tally.lost, 24_518);
    assert.ok(kept.length > 0);
  });

  it('is in the statistics of each CPU', () => {
    const stats =
      'entries: 4\noverrun: 7\ncommit overrun: 1\nbytes: 160\ndropped events: 2\nread events: 822\n';
    assert.equal(lostBy(stats), 10);
    assert.equal(lostBy(''), 0);
  });

  it('is bounded by rings that take no more than 64 MiB, however many CPUs there are', () => {
    assert.deepEqual([1, 16, 64, 1_024].map(ringKib), [8_192, 4_096, 1_024, 256]);
  });

  it('by a burst is cut off and counted, and last of all that of RSTs', () => {
    const [reset] = linesOf('ssk-v4').filter((line) => line.includes('tcp_send_reset'));
    const [change] = linesOf('ssk-v4').filter((line) => line.includes('inet_sock_set_state'));
    const ofEach = sortOut(Array.from({ length: 2_500 }, () => [reset!, change!]).flat());
    const count = (kind: string) => ofEach.kept.filter(({ tracepoint }) => tracepoint === kind).length;
    assert.deepEqual([count('send-reset'), count('set-state')], [2_500, 2_000]);
    assert.equal(ofEach.tally.leftOut, 500);
    const { kept, tally } = sortOut(Array.from({ length: 50_001 }, () => reset!));
    assert.deepEqual([kept.length, tally.leftOut], [50_000, 1]);
  });
});

describe("the kernel's own counters", () => {
  const reset = readTold(
    'send-reset',
    'skbaddr=0 skaddr=1 src=10.0.0.1:1 dest=10.0.0.2:2 state=TCP_CLOSE reason=X',
  )!;
  const abort = readTold(
    'set-state',
    'sport=1 dport=2 saddr=10.0.0.1 daddr=10.0.0.2 oldstate=TCP_CLOSE_WAIT newstate=TCP_CLOSE',
  )!;
  const orderly = { ...abort, state: 'LAST_ACK' };

  it('are met by what was told, of each namespace that still lives', () => {
    const counts = new Map([[node.proc, { resets: 5, aborts: 1 }]]);
    const reckoning = createReckoning(({ proc }) => counts.get(proc));
    reckoning.follow([node]);
    // A pod that comes later counts from its beginning.
    reckoning.follow([node, pod]);
    for (const [scope, told] of [
      [node, reset],
      [pod, reset],
      [pod, abort],
      [pod, orderly],
    ] as const)
      reckoning.note(scope, told);
    counts.set(node.proc, { resets: 6, aborts: 1 });
    counts.set(pod.proc, { resets: 1, aborts: 1 });
    const balance = reckoning.settle();
    assert.equal(
      describeBalance(balance),
      '2 of 2 RSTs that were sent, 1 of 1 connections that ended without a FIN',
    );
    assert.deepEqual([missingBy(balance), surplusBy(balance)], [0, 0]);
    counts.delete(pod.proc);
    assert.deepEqual(reckoning.settle(), {
      resets: { counted: 1, told: 1 },
      aborts: { counted: 0, told: 0 },
    });
  });

  it('count on where a pod comes back whose only process was gone', () => {
    let counted: { resets: number; aborts: number } | undefined = { resets: 7, aborts: 0 };
    const reckoning = createReckoning(() => counted);
    reckoning.follow([pod]);
    counted = undefined;
    reckoning.follow([]);
    assert.deepEqual(reckoning.settle().resets, { counted: 0, told: 0 });
    counted = { resets: 8, aborts: 0 };
    reckoning.follow([pod]);
    assert.deepEqual(reckoning.settle().resets, { counted: 1, told: 0 });
  });

  it('show what was not told, and what must be somebody else', () => {
    let counted = { resets: 0, aborts: 0 };
    const reckoning = createReckoning(() => counted);
    reckoning.follow([node]);
    reckoning.note(node, reset);
    counted = { resets: 4, aborts: 2 };
    assert.equal(missingBy(reckoning.settle()), 5);
    counted = { resets: 0, aborts: 0 };
    assert.deepEqual([missingBy(reckoning.settle()), surplusBy(reckoning.settle())], [0, 1]);
  });
});
