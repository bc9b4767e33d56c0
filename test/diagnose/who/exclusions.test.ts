// Each row of the table shown by itself: only its conditions are known, and just those suspects are gone, for just that reason.
import assert from 'node:assert/strict';
import { describe, it, test } from 'node:test';
import { exclusions } from '../../../src/diagnose/who/exclusions.ts';
import { suspectsOf } from '../../../src/diagnose/who/suspects.ts';
import { diagnose } from '../../../src/diagnose/diagnose.ts';
import { causeModels } from '../../../src/causes/index.ts';
import { judge } from '../../../src/diagnose/why/judge-causes.ts';
import { factsWhere, failed, laterRound, counters, serverRst, talk, live, lost } from '../made-by-hand.ts';
import { server } from '../story-events.ts';

const [C, S] = [
  'client-application client-process-died client-kernel',
  'server-application server-process-died server-kernel',
];
const kernels = 'client-kernel server-kernel node-kernel';
const rules = 'client-pod-rule node-rule server-pod-rule';
const programs = 'client-application client-process-died server-application server-process-died';
const quiet = 'nobody gave-up';
const privileged = 'privileged-program';
const beforeServer = `${C} client-pod-rule node-rule node-kernel in-between`;
const beforeClient = `${S} server-pod-rule node-rule node-kernel in-between`;

const [onTheWay, atTheServer] = [
  'client-pod-rule node-rule node-kernel in-between',
  'server-kernel server-pod-rule',
];
const endedBefore = `${programs} ${privileged} gave-up`;
const butServersPrograms = `${C} server-kernel ${rules} node-kernel in-between ${privileged} ${quiet}`;
const butClientsPrograms = `${S} client-kernel ${rules} node-kernel in-between ${privileged} ${quiet}`;
const icmpBeforeServer = `${C} client-pod-rule node-rule node-kernel in-between ${quiet}`;

/** The conditions of a row, its basis, and whom it leaves out; written out once more, so that no row changes unnoticed. */
const cases: readonly (readonly [when: string, basis: 'physics' | 'convention', excludes: string])[] = [
  ['was reset + not timed out + not RST answers another opening', 'physics', 'nobody'],
  ['was refused', 'physics', `${C} server-application server-process-died ${quiet} ${privileged}`],
  ['was closed', 'physics', `${C} ${kernels} ${rules} ${quiet} ${privileged}`],
  ['was closed', 'convention', 'in-between'],
  ['was closed + server gave up waiting', 'physics', 'in-between server-process-died'],
  [
    'timed out',
    'physics',
    `client-application client-process-died server-process-died ${privileged} gave-up`,
  ],
  ['timed out + not client answered what was not translated', 'physics', 'client-kernel'],
  ['timed out + no answer known to come untranslated', 'convention', 'client-kernel'],
  ['timed out + client answered what was not translated', 'physics', 'nobody'],
  ['was closed + server says it ended it', 'physics', 'in-between server-process-died'],
  ['timed out + not ICMP error seen', 'physics', 'client-pod-rule node-kernel in-between'],
  ['timed out + not ICMP error seen + no drop rule known to be hit', 'physics', 'node-rule'],
  ['timed out + not ICMP error seen + never arrived', 'physics', atTheServer],
  ['timed out + not ICMP error seen + may never have arrived', 'convention', 'server-pod-rule'],
  [
    'timed out + not ICMP error seen + may never have arrived + not server dropped openings',
    'convention',
    'server-kernel',
  ],
  [
    'timed out + never connected + accept queue overflowed + not never arrived',
    'convention',
    'server-application nobody server-pod-rule',
  ],
  ['timed out + not ICMP error seen + one way alone passed', 'physics', atTheServer],
  ['timed out + not ICMP error seen + neither way passed', 'physics', atTheServer],
  ['timed out + server dropped openings', 'convention', 'nobody server-pod-rule'],
  ['timed out + sent again and again + ICMP refused its neighbours', 'convention', 'nobody'],
  ['never connected + timed out + no ICMP error known, nor its neighbours', 'convention', onTheWay],
  ['never connected + timed out + may never have arrived', 'convention', 'server-pod-rule'],
  [
    'never connected + timed out + may never have arrived + not server dropped openings',
    'convention',
    'server-kernel',
  ],
  ['timed out + sent again and again + not never connected', 'physics', 'server-application'],
  ['timed out + never connected + may never have arrived', 'convention', 'server-application'],
  ['was unreachable', 'physics', `${programs} ${privileged}`],
  ['was reset + not timed out + not loser silent for long', 'convention', 'gave-up'],
  ["RST left the server's pod + server's pod is known + not loser silent for long", 'physics', 'gave-up'],
  ["RST left the client's pod + client's pod is known + not loser silent for long", 'physics', 'gave-up'],
  ['sender is the node itself + not loser silent for long', 'physics', 'gave-up'],
  ['RST of a live socket + not sender gave up', 'physics', 'gave-up'],
  ['was reset + not sender gave up', 'convention', 'gave-up'],
  ['RST to the client + not client closed first', 'physics', C],
  ['RST to the client', 'convention', 'client-pod-rule'],
  ['client says it was reset', 'physics', 'client-application client-process-died'],
  ['RST to the server + not server closed first', 'physics', S],
  ['RST to the server', 'convention', 'server-pod-rule'],
  ['RST of a live socket', 'physics', `${kernels} ${rules}`],
  [
    'RST without a socket + not server closed first + not client closed first + not never connected + not timed out + not sender answered for a closed socket',
    'physics',
    `${programs} ${privileged}`,
  ],
  [
    'RST without a socket + not server closed first + not client closed first + not never connected + not sent again and again',
    'convention',
    `${programs} ${privileged}`,
  ],
  ["RST left the server's pod + server's pod is known", 'physics', beforeServer],
  ["RST left the server's pod", 'convention', beforeServer],
  ["RST left the client's pod + client's pod is known", 'physics', beforeClient],
  ["RST left the client's pod", 'convention', beforeClient],
  [
    "RST left the client's pod + client answered what was not translated",
    'physics',
    `client-application client-process-died ${privileged} ${quiet}`,
  ],
  ["RST left the client's pod + client answered what was not translated", 'convention', 'client-pod-rule'],
  [
    'RST made on the node',
    'physics',
    `${C} ${S} client-pod-rule server-pod-rule in-between ${privileged} gave-up`,
  ],
  ['sender is the node itself', 'physics', 'in-between node-kernel client-pod-rule server-pod-rule'],
  ['RST from outside', 'physics', `${C} ${S} ${rules} node-kernel ${privileged} gave-up`],
  ['RST answers another opening', 'convention', `${S} ${rules} node-kernel in-between`],
  ['RST has another TTL + RST to the client', 'convention', `${S} ${privileged} server-pod-rule`],
  ['RST has another TTL + RST to the server', 'convention', `${C} ${privileged} client-pod-rule`],
  [
    "RST made on the way, by its hops + RST to the client + client's pod is known",
    'convention',
    'node-rule node-kernel gave-up',
  ],
  [
    "RST made on the way, by its hops + RST to the server + server's pod is known",
    'convention',
    'node-rule node-kernel gave-up',
  ],
  ['RST is fresh like the others', 'convention', 'in-between node-kernel node-rule'],
  ['RST of a live socket + not RST has another TTL', 'convention', 'in-between'],
  [
    'ICMP answer: port unreachable',
    'physics',
    `${programs} client-kernel server-kernel node-kernel ${privileged} ${quiet}`,
  ],
  ['ICMP answer: prohibited', 'physics', `${programs} client-kernel ${privileged} ${quiet}`],
  ['ICMP answer: host unreachable', 'physics', `${programs} client-kernel ${privileged} ${quiet}`],
  ['ICMP answer: host unreachable', 'convention', `${rules} server-kernel`],
  ['ICMP answer: time exceeded', 'physics', `${programs} client-kernel ${privileged} ${quiet} ${rules}`],
  ['timed out + ICMP: packet too long', 'physics', 'nobody'],
  ['ICMP made on the node', 'physics', `${C} ${S} client-pod-rule server-pod-rule in-between ${quiet}`],
  ["ICMP left the server's pod + server's pod is known", 'physics', icmpBeforeServer],
  ["ICMP left the server's pod", 'convention', icmpBeforeServer],
  ['ICMP from outside', 'physics', `${C} ${S} ${rules} node-kernel ${quiet}`],
  [
    "RST left the server's pod + server's pod is known + not sender counted its RSTs",
    'physics',
    `${S} ${privileged} gave-up`,
  ],
  [
    "RST left the client's pod + client's pod is known + not sender counted its RSTs",
    'physics',
    `${C} ${privileged} gave-up`,
  ],
  [
    'sender is the node itself + not sender counted its RSTs',
    'physics',
    `${C} ${S} node-kernel ${privileged} gave-up`,
  ],
  ['sender counted just those RSTs', 'physics', rules],
  ['sender counted its RSTs', 'convention', rules],
  ['RST made on the node + not node counted RSTs of its own', 'physics', 'node-kernel'],
  ['RST of a live socket + not sender counted aborts', 'convention', programs],
  ['RST of a live socket + sender counted aborts', 'convention', privileged],
  ['RST of a live socket + RST to the client + server says it ended it', 'physics', 'server-process-died'],
  [
    "RST of a live socket + RST to the client + server's socket was destroyed",
    'physics',
    `${programs} gave-up`,
  ],
  [
    "server's socket was destroyed + was reset",
    'convention',
    `${C} ${S} ${rules} node-kernel in-between ${quiet}`,
  ],
  ["client's socket was destroyed", 'physics', `${C} ${S} ${rules} node-kernel in-between ${quiet}`],
  [
    'client says it aborted it',
    'physics',
    `client-process-died client-kernel ${S} ${rules} node-kernel in-between ${privileged} ${quiet}`,
  ],
  ["client's process said nothing of it", 'convention', `client-application ${privileged}`],
  ['RST of a live socket + sender counted unread input for each', 'physics', privileged],
  [
    'RST of a live socket + server says it ended it + sender counted an abort for each',
    'physics',
    privileged,
  ],
  ['idle bound parts them + was reset', 'convention', `server-application server-process-died ${privileged}`],
  ['not listener closed', 'convention', 'server-process-died'],
  ["listener's process ended", 'convention', 'server-application'],
  ["listener closed + not listener's process ended", 'convention', 'server-process-died'],
  ['refused afterwards + not reject rule hit', 'convention', 'server-application'],
  ['never connected + timed out + an insertion failed each time', 'convention', `${S} server-pod-rule`],
  ['never connected + timed out + the table had no place each time', 'convention', `${S} server-pod-rule`],
  // What kernels tell.
  ['server aborted it itself', 'physics', butServersPrograms],
  ['client aborted it itself', 'physics', butClientsPrograms],
  ['server had closed it before', 'physics', butServersPrograms],
  ['client had closed it before', 'physics', butClientsPrograms],
  ['its process was ending', 'physics', 'client-application server-application'],
  ['not its process was ending', 'physics', 'client-process-died server-process-died'],
  ["a program took the server's socket", 'physics', `${C} ${S} ${rules} node-kernel in-between ${quiet}`],
  ["a program took the client's socket", 'physics', `${C} ${S} ${rules} node-kernel in-between ${quiet}`],
  ['was closed + server closed it itself', 'physics', 'in-between'],
  ["server's kernel had no socket", 'physics', `client-kernel ${rules} node-kernel in-between nobody`],
  ["server's kernel had no socket + not server's socket had ended", 'physics', endedBefore],
  ["server's kernel had no socket + was refused", 'physics', endedBefore],
  ["server's kernel had no socket + was reset", 'convention', endedBefore],
  ["client's kernel had no socket", 'physics', `${S} node-kernel ${rules} in-between`],
  ["client's kernel had no socket + client's socket was reset", 'physics', endedBefore],
  ["node's kernel had no socket", 'physics', `${C} ${S} ${rules} in-between ${privileged} ${quiet}`],
  [
    'keep-alive ran out + was reset',
    'physics',
    `${C} ${S} ${rules} node-kernel in-between ${privileged} nobody`,
  ],
  ["client's socket was reset + not server's kernel sent a RST", 'physics', `${S} ${privileged} gave-up`],
  [
    "server's socket was reset + not client's kernel sent a RST + not client's socket was reset + not RST answers another opening",
    'physics',
    `${C} ${privileged} gave-up`,
  ],
  [
    "client's socket was reset + not client closed it itself",
    'physics',
    'client-application client-process-died',
  ],
  ["client's socket was reset + not client's kernel sent a RST", 'physics', C],
  ["was reset + not node's kernel sent a RST", 'physics', 'node-kernel'],
];
const named = (text: string) => text.split(' ').sort();
const keyOf = (when: readonly string[], basis: string) => `${when.join(' + ')}: ${basis}`;

test('every exclusion has its case here, and no case is without its exclusion', () => {
  assert.deepEqual(
    cases.map(([when, basis]) => `${when}: ${basis}`).sort(),
    exclusions.map(({ when, basis }) => keyOf(when, basis)).sort(),
  );
});

describe('an exclusion', () => {
  for (const [when, basis, excludes] of cases)
    it(`by "${when}" (${basis}) leaves out just those that it names`, () => {
      const row = exclusions.find((one) => keyOf(one.when, one.basis) === `${when}: ${basis}`);
      assert.ok(row !== undefined);
      assert.deepEqual([...row.excludes].sort(), named(excludes));
      const { excluded, left, contradiction } = suspectsOf(factsWhere(...row.when));
      // Others may hold with fewer of the same conditions; whom they leave out they name as the reason.
      const holding = exclusions.filter((one) => one.when.every((condition) => row.when.includes(condition)));
      for (const author of row.excludes) {
        const reason = excluded.get(author);
        assert.ok(reason !== undefined && holding.includes(reason), author);
        if (basis === 'physics') assert.equal(reason.basis, 'physics', author);
      }
      assert.deepEqual(
        [...excluded.keys()].sort(),
        [...new Set(holding.flatMap((one) => one.excludes))].sort(),
      );
      assert.ok(left.length > 0 && contradiction.length === 0);
    });

  it('says how it can be broken when it is a convention', () => {
    for (const { basis, because } of exclusions)
      assert.equal(/\(.+\)$/.test(because), basis === 'convention', because);
  });

  it('does not hold where one of its conditions could not be seen', () => {
    for (const row of exclusions) {
      const [first, ...others] = row.when;
      const { excluded } = suspectsOf(others.length === 0 ? factsWhere() : factsWhere(...others));
      assert.ok(![...excluded.values()].includes(row), first);
    }
  });
});

describe('suspects', () => {
  it('are never all left out by what is only usual', () => {
    // All conventions at once, without any physics.
    const facts = factsWhere(
      'not listener closed',
      'RST is fresh like the others',
      'sender counted its RSTs',
    );
    assert.ok(suspectsOf(facts).left.length > 0);
    // Two conventions that leave nobody between them, after physics has left two.
    const closed = factsWhere(
      'was closed',
      'not listener closed',
      'refused afterwards',
      'not reject rule hit',
    );
    const { left, excluded } = suspectsOf(closed);
    assert.deepEqual(left, ['server-application']);
    assert.equal(excluded.get('server-process-died')?.basis, 'convention');
    assert.equal(excluded.has('server-application'), false);
  });

  it('are nobody, and two witnesses are named, where physics contradict each other', () => {
    const facts = factsWhere(
      'RST made on the node',
      'RST from outside',
      'was reset',
      'not timed out',
      'not RST answers another opening',
    );
    const suspects = suspectsOf(facts);
    assert.deepEqual(suspects.left, []);
    const pair = suspects.contradiction.map(({ when }) => when.join());
    assert.deepEqual(pair.sort(), ['RST from outside', 'RST made on the node']);
    const { cause, author, authorCertainty, rivals } = judge(facts, suspects, causeModels);
    assert.deepEqual([cause, author, authorCertainty, rivals], [null, 'unknown', 'open', []]);
  });
});

test('a finding says which two witnesses contradict each other', () => {
  // The RST has the form of a live socket, and the kernel that it came from counted none of its own.
  const nodes = [
    ...talk(),
    ...serverRst(live),
    counters('snmp', server, { TcpInSegs: 1 }, [lost - 1, lost - 0.9]),
    laterRound(server),
  ];
  const [finding] = diagnose({ probes: [failed()], nodes }, causeModels);
  assert.equal(finding?.cause, 'unknown');
  assert.equal(finding.author, 'unknown');
  assert.match(finding.sentence, /witnesses contradict each other/);
  assert.match(finding.sentence, /window or the timestamps of a live socket/);
  assert.match(finding.sentence, /counted no RST of its own/);
});
