// A line of `conntrack -E` has the time at which the tool got to print it, which on a busy machine is long after.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { facts } from '../../src/diagnose/facts/index.ts';
import { good, lost, port, storyOf } from './made-by-hand.ts';
import { ownEntry, reset } from './facts/small-stories.ts';
import { firstEntry } from './story-events.ts';

describe('a deletion that is told of after the loss', () => {
  const deleted = (seconds: number, state = 'ESTABLISHED') => {
    const destroyed = firstEntry(seconds, port, 'destroy', { deletedByProgram: true, state });
    const later = firstEntry(lost + 3, port + 1, 'new');
    return facts['entry deleted by a program'](storyOf([...ownEntry, destroyed, later], reset));
  };
  it('may have been before it: nobody says when the line was due', () => {
    const late = deleted(lost + 0.5);
    assert.deepEqual(late, { seen: 'unknown', missing: 'later-conntrack-events' });
  });
  it('was later where the RST had closed the entry before', () =>
    assert.equal(deleted(lost + 0.5, 'CLOSE').seen, 'no'));
  it('was later where it is told of seconds later', () => assert.equal(deleted(lost + 2.5).seen, 'no'));
  it('was before where it was told of in time', () => assert.equal(deleted(good + 0.05).seen, 'yes'));
});
