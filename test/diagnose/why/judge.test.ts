// What the three words of certainty mean, with causes made up for it.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Condition } from '../../../src/diagnose/who/exclusion-row.ts';
import { suspectsOf } from '../../../src/diagnose/who/suspects.ts';
import type { CauseModel } from '../../../src/diagnose/why/cause-model.ts';
import { judge, lookedForInVain } from '../../../src/diagnose/why/judge-causes.ts';
import { factsWhere } from '../made-by-hand.ts';

const cause = (name: string, more: Partial<CauseModel>): CauseModel => ({
  ...{ cause: name, authors: ['server-kernel'], shownBy: [], suggestedBy: [], contradictedBy: [], fixes: [] },
  sentence: () => name,
  ...more,
});
const flip = cause('flip', { shownBy: [['rule changed', 'was reset']] });
const expiry = cause('expiry', { shownBy: [['entry expired']], suggestedBy: [['picked up in mid-stream']] });
const abort = cause('abort', { authors: ['server-application'], suggestedBy: [['RST of a live socket']] });

function judged(models: readonly CauseModel[], ...conditions: Condition[]) {
  const facts = factsWhere(...conditions);
  const {
    cause: named,
    causeCertainty,
    author,
    authorCertainty,
    rivals,
  } = judge(facts, suspectsOf(facts), models);
  return {
    ...{ cause: named?.model.cause ?? null, causeCertainty, author, authorCertainty },
    rivals: rivals.map(({ model }) => model.cause),
  };
}

const bareFromServer: Condition[] = [
  'not RST answers another opening',
  ...(['was reset', 'RST to the client', 'not client closed first', 'not server closed first'] as const),
  ...([
    'RST without a socket',
    'not never connected',
    "RST left the server's pod",
    "server's pod is known",
  ] as const),
  ...([
    'not timed out',
    'not loser silent for long',
    'sender counted just those RSTs',
    'not sender answered for a closed socket',
  ] as const),
];

describe('a cause', () => {
  it('that stands open beside others names the author where all of them can have that one alone, whichever it was', () => {
    const suggestedBy = [['RST of a live socket']] as const;
    const [one, other, third] = [
      cause('one', { authors: ['server-process-died', 'server-kernel'], suggestedBy }),
      cause('other', { authors: ['server-process-died'], suggestedBy }),
      cause('third', { authors: ['server-process-died', 'privileged-program'], suggestedBy }),
    ];
    const moment: Condition[] = ['was reset', 'RST to the client', 'RST of a live socket'];
    const both = judged([one, other], ...moment);
    assert.deepEqual([both.cause, both.causeCertainty], [null, 'open']);
    assert.deepEqual([both.author, both.authorCertainty], ['server-process-died', 'likely']);
    const { author, authorCertainty } = judged([other, third], ...moment);
    assert.deepEqual([author, authorCertainty], ['unknown', 'open']);
  });

  it('that is only suggested is not, in company in which its signs mean nothing; where it is shown it is all the same', () => {
    const taken = cause('taken', {
      authors: ['server-application'],
      shownBy: [["server's socket was destroyed"]],
      suggestedBy: [['RST of a live socket']],
      notSuggestedWith: ['endpoint changed'],
    });
    const moment: Condition[] = ['was reset', 'RST to the client', 'RST of a live socket'];
    assert.equal(judged([taken], ...moment).cause, 'taken');
    assert.deepEqual(judged([taken], ...moment, 'endpoint changed').cause, null);
    assert.deepEqual(judged([taken], ...moment, 'endpoint changed').rivals, []);
    const shown = cause('taken', { ...taken, authors: ['privileged-program'] });
    const told: Condition[] = ['was reset', "server's socket was destroyed", 'endpoint changed'];
    assert.equal(judged([shown], ...told).cause, 'taken');
  });

  it('is proven where it is shown, and everything else is seen not to be', () => {
    assert.deepEqual(judged([flip, expiry], ...bareFromServer, 'rule changed', 'not entry expired'), {
      ...{ cause: 'flip', causeCertainty: 'proven', author: 'server-kernel', authorCertainty: 'proven' },
      rivals: [],
    });
  });

  it('is likely where another one could not be looked for, which is named', () => {
    const told = judged([flip, expiry], ...bareFromServer, 'rule changed');
    assert.deepEqual([told.cause, told.causeCertainty, told.rivals], ['flip', 'likely', ['expiry']]);
  });

  it('is likely where it is merely suggested', () => {
    const told = judged(
      [flip, expiry],
      ...bareFromServer,
      'not rule changed',
      'not entry expired',
      'picked up in mid-stream',
    );
    assert.deepEqual([told.cause, told.causeCertainty], ['expiry', 'likely']);
  });

  it('is open where two are shown alike, and both are named', () => {
    const told = judged([flip, expiry], ...bareFromServer, 'rule changed', 'entry expired');
    assert.deepEqual([told.cause, told.causeCertainty, told.rivals], [null, 'open', ['flip', 'expiry']]);
  });

  it('is open where nothing was seen for any, and those are named that nobody could look for', () => {
    const told = judged([flip, expiry], ...bareFromServer, 'not rule changed');
    assert.deepEqual([told.cause, told.causeCertainty, told.rivals], [null, 'open', ['expiry']]);
  });

  it('is not named when its author is excluded, whatever speaks for it', () => {
    const told = judged([abort], ...bareFromServer, 'RST of a live socket');
    assert.equal(told.cause, null);
    assert.equal(
      judged(
        [cause('x', { ...flip, contradictedBy: ['endpoint changed'] })],
        ...bareFromServer,
        'rule changed',
        'endpoint changed',
      ).cause,
      null,
    );
  });

  it('is not contradicted by what nobody could see', () => {
    const model = { ...flip, contradictedBy: ['endpoint changed'] as const };
    assert.equal(judged([model], ...bareFromServer, 'rule changed').cause, 'flip');
  });
});

describe('an author', () => {
  it('is likely where only a convention leaves another one out', () => {
    const weaker = bareFromServer.map((one) =>
      one === 'sender counted just those RSTs' ? 'sender counted its RSTs' : one,
    );
    const told = judged([flip], ...weaker, 'rule changed');
    assert.deepEqual([told.author, told.authorCertainty], ['server-kernel', 'likely']);
  });

  it('is narrowed by the cause where several are left, and is likely then', () => {
    const told = judged([flip], 'was reset', 'rule changed');
    assert.deepEqual([told.author, told.authorCertainty], ['server-kernel', 'likely']);
  });

  it('is unknown where several are left and no cause is named', () => {
    const told = judged([], 'was reset');
    assert.deepEqual([told.author, told.authorCertainty], ['unknown', 'open']);
  });
});

describe('the witnesses that would decide', () => {
  it('are those that the rivals’ own signs lacked', () => {
    const facts = {
      ...factsWhere(...bareFromServer),
      'entry expired': { seen: 'unknown', missing: 'conntrack-events' },
    } as const;
    const { rivals } = judge(facts, suspectsOf(facts), [expiry]);
    assert.deepEqual(lookedForInVain(rivals, facts), ['conntrack-events']);
  });
});
