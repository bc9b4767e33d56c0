import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { WatchLoss, WatchSummary } from '../../src/model/watch-record.ts';
import { createLossFolds, type FoldedLosses } from '../../src/report/watch-folds.ts';
import { lossLines, stillLine, summaryLines, watchingLines } from '../../src/report/watch-text.ts';
import { client, lossOf, server } from '../watch-losses.ts';

const style = { columns: 100, colours: false, program: 'netdebug' };
const alone = (loss: WatchLoss): FoldedLosses => {
  const folds = createLossFolds();
  folds.take([loss]);
  return folds.due(0)[0]!;
};
const linesOf = (loss: WatchLoss) => lossLines(alone(loss), style);

describe('a lost connection in lines', () => {
  it('says when, between whom and how it ended; who, why and how sure', () => {
    assert.deepEqual(lossLines({ ...alone(lossOf({})), count: 17 }, { ...style, columns: 108 }), [
      '12:03:41.2  shop/checkout-7d9f → shop/redis:6379  reset after 4m12s, idle 0.3s, 1 question unanswered    ×17',
      "            who  the server's kernel: no socket for port 45756                                        proven",
      '            why  route-table-conflict: rule 30003 was deleted 12 ms before                            likely',
    ]);
    assert.deepEqual(linesOf(lossOf({})).slice(0, 2), [
      '12:03:41.2  shop/checkout-7d9f → shop/redis:6379',
      '            reset after 4m12s, idle 0.3s, 1 question unanswered',
    ]);
  });

  it('is no wider than it may be, keeps the count and the certainties at its edge, and loses no word', () => {
    const long =
      'rule 30003 was deleted 12 ms before, which sent what the pod answers by another way than it came';
    const folded = {
      ...alone(lossOf({ cause: { id: 'route-table-conflict', certainty: 'proven', text: long } })),
      count: 1_204,
    };
    const lines = lossLines(folded, { columns: 80, colours: false, program: 'netdebug' });
    assert.ok(
      lines.every((line) => line.length <= 80),
      lines.join('\n'),
    );
    assert.match(lines[0] ?? '', / {2}×1,204$/);
    const text = lines.join(' ').replace(/\s+/g, ' ').replace(' proven', '');
    assert.ok(text.replace(' proven', '').includes(long), text);
  });

  it('names an end without a pod by its address, its port and its program', () => {
    const ends = {
      client: { ...client, pod: null, process: { pid: 7, command: 'curl', container: null } },
      server: { ...server, service: null },
      backend: { ...server, service: null, address: '10.44.0.9', port: 6_380, pod: 'shop/redis-0' },
    };
    assert.match(
      linesOf(lossOf({ ends }))[0] ?? '',
      /10\.44\.0\.33:45756 \(curl\) → 10\.0\.0\.9:6379 \(shop\/redis-0\)/,
    );
    const six = { ...server, service: null, address: 'fd00::9' };
    const [head] = linesOf(lossOf({ ends: { client: null, server: six, backend: null } }));
    assert.match(head ?? '', /an unknown client → \[fd00::9\]:6379 {2}reset/);
  });

  it('says nothing of what is not known, and names the rivals of what is open', () => {
    const lines = linesOf(
      lossOf({
        ...{ ended: 'timed-out', ageMs: null, idleMs: null, unanswered: null },
        author: { id: 'unknown', certainty: 'open', text: '' },
        cause: { id: 'unknown', certainty: 'open', text: 'watch longer' },
        rivals: ['keep-alive-race', 'server-aborted'].map((cause) => ({ cause, because: '' })),
      }),
    );
    assert.match(lines[0] ?? '', /:6379 {2}timed out$/);
    assert.match(lines[1] ?? '', /^ {12}who {2}not known +open$/);
    assert.match(lines[2] ?? '', /^ {12}why {2}keep-alive-race or server-aborted: watch longer +open$/);
  });

  it('is taken back where later evidence shows that nothing was lost, and names nobody then', () => {
    const folds = createLossFolds();
    folds.take([lossOf({ id: 'node-1/2' })]);
    folds.due(0);
    const cause = { id: 'unknown', certainty: 'open', text: 'nothing was missing' } as const;
    folds.take([lossOf({ id: 'node-1/2', revision: 2, ended: 'benign', cause })]);
    const [taken] = folds.due(2_000);
    assert.ok(taken !== undefined);
    assert.deepEqual(lossLines(taken, { ...style, columns: 108 }), [
      '12:03:41.2  correction: shop/checkout-7d9f → shop/redis:6379  nothing was lost',
      '            nothing was missing',
    ]);
  });

  it('has no character that a terminal obeys, be it from a command line or a pod', () => {
    const process = { pid: 7, command: 'a\x1b[2Jb', container: null, arguments: ['a', '--x=\x07'] };
    const ends = { client: { ...client, pod: null, process }, server, backend: null };
    const text = linesOf(lossOf({ ends })).join('\n');
    assert.doesNotMatch(text, /[\x00-\x09\x0b-\x1f]/);
    assert.match(text, /^ {12}args client: a --x=\\x07$/m);
  });

  it('is coloured only where that was asked for', () => {
    assert.match(
      lossLines(alone(lossOf({})), { ...style, colours: true }).join(''),
      /\x1b\[32mproven\x1b\[39m/,
    );
    assert.doesNotMatch(linesOf(lossOf({})).join(''), /\x1b/);
  });
});

describe('what is watched', () => {
  const missing = [
    { node: 'node-1', witness: 'kernel-events', state: 'unavailable', reason: 'not root' },
  ] as const;

  it('is said with all that runs, each kind once, and what is not seen', () => {
    const names = [
      'kernel-events',
      'capture',
      'conntrack-events',
      'conntrack-stats',
      'rule-owners',
      'memory-kills',
    ];
    assert.deepEqual(watchingLines('node-1', { connections: 1_204, processes: 31 }, names, missing, style), [
      'watching 1,204 connections of 31 processes on node-1, times in UTC: kernel events, capture,',
      '  conntrack, rules, memory kills',
      '  kernel-events is missing: not root',
    ]);
  });

  it('has a line that says for how long nothing was lost', () => {
    const now = { connections: 1, processes: 1, lost: 0 };
    assert.equal(
      stillLine(now, 750_400, 750_400, style),
      'watching 1 connection of 1 process for 12m30s: nothing lost for 12m30s',
    );
    assert.match(stillLine({ ...now, lost: 37 }, 750_000, 400, style), /: 37 lost, the last 0s ago$/);
    assert.equal(
      stillLine(now, 750_000, 400, { columns: 30, colours: false, program: 'netdebug' }).length,
      29,
    );
  });
});

it('the summary says each cause with what cures it and the command to type, which a shell takes as one', () => {
  const next = `sudo netdebug watch --port 6379 ${'--pod shop/redis-0 '.repeat(6)}--duration 1h`;
  const summary: WatchSummary = {
    ...{
      schemaVersion: 1,
      kind: 'summary',
      node: 'node-1',
      from: '2026-11-23T12:00:00.000000Z',
      to: '2026-11-23T12:12:31.000000Z',
    },
    ...{ lost: 1_020, onlyCounted: 3, benign: 2, stalled: 0 },
    byCause: [
      {
        ...{
          cause: 'route-table-conflict',
          certainty: 'proven',
          author: 'server-kernel',
          authorCertainty: 'likely',
        },
        ...{ lost: 1_017, cure: null, next, nextWhere: "on the server's node" },
      },
    ],
    watched: { connections: null, processes: null },
    missing: [{ node: 'node-1', witness: 'capture', state: 'limited', reason: '3 packets were lost' }],
  };
  assert.deepEqual(summaryLines(summary, style), [
    'Not seen, or not all of it:',
    '  capture does not see everything: 3 packets were lost',
    '',
    '1,020 connections were lost on node-1 in 12m31s; 3 of them only counted; 2 more ended by a',
    '  harmless RST.',
    "  who   the server's kernel (likely)",
    '  why   route-table-conflict (proven): agents fight over a routing rule; each flip moves the port',
    '        the server sees',
    '  cure  felix-table-range (proven in the lab): Keep Felix off table 1: FELIX_ROUTETABLERANGE=10-250',
    "        in calico-node's environment. The operator and the GKE add-on set it by themselves since",
    '        2020 and 2021, so an upgrade does it too.',
    "  next  on the server's node:",
    `        sudo netdebug watch --port 6379 ${'--pod shop/redis-0 '.repeat(3)}\\`,
    `          ${'--pod shop/redis-0 '.repeat(3)}--duration 1h`,
  ]);
  const nothing = { ...summary, lost: 0, onlyCounted: 0, benign: 0, byCause: [], missing: [] };
  assert.deepEqual(summaryLines(nothing, style), ['Nothing was lost on node-1 in 12m31s.']);
  const blind = (['capture', 'kernel-events'] as const).map(
    (witness) => ({ node: 'node-1', witness, state: 'unavailable', reason: 'not root' }) as const,
  );
  const lastOf = (missing: WatchSummary['missing']) => summaryLines({ ...nothing, missing }, style).join(' ');
  assert.match(lastOf(blind), /Nothing was seen to be lost on node-1 in 12m31s, but neither the capture/);
  assert.doesNotMatch(lastOf(blind.slice(1)), /seen to be/);
});
