import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  answerOf,
  judgeRun,
  wordKept,
  type Answer,
  type Truth,
  type Verdict,
} from '../../bench/diagnosis/judgement.ts';
import { findingSchema } from '../../src/model/run-record.ts';

const truth: Truth = { cause: 'policy-reject', authors: ['node-rule'] };
const severalAuthors: Truth = {
  cause: 'server-process-died',
  authors: ['server-process-died', 'server-kernel'],
};
const healthy: Truth = { cause: null, authors: [] };

const answer = (parts: Partial<Answer> = {}): Answer => ({
  ...{ cause: 'policy-reject', causeCertainty: 'proven', author: 'node-rule', authorCertainty: 'proven' },
  ...{ connections: 10, suspects: [], rivals: [] },
  ...parts,
});
const openCause = (...rivals: string[]) =>
  ({ cause: 'unknown', causeCertainty: 'open', rivals }) satisfies Partial<Answer>;
const openAuthor = (...suspects: Answer['suspects'][number][]) =>
  ({ author: 'unknown', authorCertainty: 'open', suspects }) satisfies Partial<Answer>;

const withOthers: Truth = { ...truth, besides: [{ cause: 'forged-reset', author: 'in-between' }] };
const other = answer({ cause: 'forged-reset', author: 'in-between', connections: 4 });

describe('judging a run', () => {
  const cases: [string, Answer[], Truth, Verdict][] = [
    ['both named', [answer()], truth, 'right'],
    [
      'both named as likely',
      [answer({ causeCertainty: 'likely', authorCertainty: 'likely' })],
      truth,
      'right',
    ],
    [
      'one of the authors that are right',
      [answer({ cause: 'server-process-died', author: 'server-kernel' })],
      severalAuthors,
      'right',
    ],
    ['what the fault does to a few, too', [answer(), other], withOthers, 'right'],
    ['that, where the fault does nothing else', [answer(), other], truth, 'wrong'],
    ['that of most', [answer({ connections: 3 }), other], withOthers, 'wrong'],
    ['that by another author', [answer(), { ...other, author: 'client-kernel' }], withOthers, 'wrong'],
    ['nothing found', [], truth, 'unknown'],
    ['the cause among several', [answer(openCause('silent-drop', 'policy-reject'))], truth, 'one of several'],
    ['the author among several', [answer(openAuthor('in-between', 'node-rule'))], truth, 'one of several'],
    [
      'an author that is named, but only as open',
      [answer({ authorCertainty: 'open', suspects: ['in-between'] })],
      truth,
      'one of several',
    ],
    ['several causes without the true one', [answer(openCause('silent-drop'))], truth, 'wrong'],
    ['several authors without the true one', [answer(openAuthor('in-between'))], truth, 'wrong'],
    ['no cause at all', [answer(openCause())], truth, 'unknown'],
    ['no author at all', [answer(openAuthor())], truth, 'unknown'],
    ['another cause', [answer({ cause: 'forged-reset', causeCertainty: 'likely' })], truth, 'wrong'],
    ['another author', [answer({ author: 'in-between', authorCertainty: 'likely' })], truth, 'wrong'],
    ['no cause, and another author', [answer({ ...openCause(), author: 'in-between' })], truth, 'wrong'],
    [
      'a tenth of the connections with another cause',
      [answer({ connections: 9 }), answer({ cause: 'silent-drop', connections: 1 })],
      truth,
      'wrong',
    ],
    [
      'fewer than a tenth with another cause',
      [answer({ connections: 10 }), answer({ cause: 'silent-drop', connections: 1 })],
      truth,
      'right',
    ],
    [
      'others that are open beside the truth',
      [answer({ connections: 6 }), answer({ ...openCause('silent-drop'), ...openAuthor(), connections: 4 })],
      truth,
      'right',
    ],
    [
      'the largest is not explained, the smaller is',
      [answer({ ...openCause(), ...openAuthor(), connections: 6 }), answer({ connections: 4 })],
      truth,
      'unknown',
    ],
    [
      'the largest counts, wherever it stands',
      [answer({ ...openCause(), ...openAuthor(), connections: 4 }), answer({ connections: 6 })],
      truth,
      'right',
    ],
    ['nothing where nothing is', [], healthy, 'right'],
    ['a cause where nothing is', [answer()], healthy, 'wrong'],
    ['an open question where nothing is', [answer({ ...openCause(), ...openAuthor() })], healthy, 'unknown'],
    [
      'only an author where nothing is',
      [answer({ ...openCause(), author: 'in-between', authorCertainty: 'likely' })],
      healthy,
      'wrong',
    ],
  ];
  for (const [what, answers, is, expected] of cases) {
    it(`${what}: ${expected}`, () => assert.equal(judgeRun(answers, is), expected));
  }
});

describe('what a word is worth', () => {
  const runs = [
    { answers: [answer(), answer({ cause: 'silent-drop', connections: 1 })], truth },
    { answers: [answer({ causeCertainty: 'likely', author: 'in-between' })], truth },
    { answers: [answer({ ...openCause('policy-reject'), ...openAuthor('in-between') })], truth },
    { answers: [answer({ cause: 'forged-reset' })], truth: healthy },
  ];

  it('every finding counts, however small, and any name is wrong where nothing was', () => {
    assert.deepEqual(wordKept(runs, 'cause', 'proven'), { said: 3, right: 1 });
    assert.deepEqual(wordKept(runs, 'author', 'proven'), { said: 4, right: 2 });
    assert.deepEqual(wordKept(runs, 'cause', 'likely'), { said: 1, right: 1 });
    assert.deepEqual(wordKept(runs, 'author', 'likely'), { said: 0, right: 0 });
  });

  it('open is right when it holds the truth', () => {
    assert.deepEqual(wordKept(runs, 'cause', 'open'), { said: 1, right: 1 });
    assert.deepEqual(wordKept(runs, 'author', 'open'), { said: 1, right: 0 });
  });
});

describe('what is kept of a finding', () => {
  const finding = findingSchema.parse({
    ...{ cause: 'unknown', author: 'node-rule', classes: [], connections: 3, sentence: '' },
    certainty: { author: 'likely', cause: 'open' },
    suspects: ['node-rule', 'in-between'],
    rivals: [{ cause: 'policy-reject', because: 'seen' }],
    ...{ evidence: [], fixes: [] },
  });

  it('others are kept only of what is open', () => {
    assert.deepEqual(answerOf(finding), {
      ...{ cause: 'unknown', causeCertainty: 'open', author: 'node-rule', authorCertainty: 'likely' },
      ...{ connections: 3, suspects: [], rivals: ['policy-reject'] },
    });
  });
});
