// Whether the process that aborted a connection was ending, and whose RST it may have been that came.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { facts } from '../../../src/diagnose/facts/index.ts';
import type { NodeEvent } from '../../../src/model/node-event.ts';
import { lost, outsideRst, source, storyOf, talk } from '../made-by-hand.ts';
import type { Told } from './row.ts';
import { endings } from './kernel-rows.ts';
import { reset, listeners } from './small-stories.ts';

describe('whether the process that aborted a connection was ending', () => {
  const look = ({ nodes = [], probes = [] }: Told) => facts['its process was ending'](storyOf(nodes, probes));
  it('SIGKILL says so without an exit', () => assert.equal(look(endings.killed).seen, 'yes'));
  it('SIGTERM says nothing: what a program does then is its own business', () =>
    assert.equal(look(endings.asked).seen, 'unknown'));
  it('whoever listens after it is another one: that no look found it closed says nothing then', () => {
    const closed = (told: Told) =>
      facts['listener closed'](storyOf([...(told.nodes ?? []), ...listeners], told.probes)).seen;
    assert.equal(closed(endings.killed), 'unknown');
    assert.equal(closed(endings.asked), 'no');
  });
  it('the exit may be told after its sockets were closed', () =>
    assert.equal(look(endings.exitToldLate).seen, 'yes'));
  it('nothing is said of a client that sent in vain before it went', () => {
    const { nodes = [], probes = [] } = endings.inVain;
    assert.equal(facts['client had closed it before'](storyOf(nodes, probes)).seen, 'unknown');
  });
  it('a kernel that counted a RST of which nobody told may have sent the one that came', () => {
    const sent = ({ nodes = [], probes = [] }: Told) =>
      facts["server's kernel sent a RST"](storyOf(nodes, probes)).seen;
    assert.equal(sent(endings.counted), 'unknown');
    assert.equal(sent(endings.countedAnother), 'no');
    assert.equal(sent(endings.ofNewPod), 'unknown');
  });
  it("a RST from elsewhere is no stranger's where the server's kernel told of one, or counted one that nobody saw", () => {
    const outside = ({ nodes = [], probes = [] }: Told) =>
      facts['RST from outside'](storyOf(nodes, probes)).seen;
    assert.equal(outside(endings.outsideThough.silent), 'yes');
    assert.equal(outside(endings.outsideThough.told), 'unknown');
    assert.equal(outside(endings.outsideThough.counted), 'unknown');
  });
  it('a capture that stopped together with the one that saw the RST may have stopped before the RST left its end', () => {
    const stopsAt = (seconds: number): NodeEvent[] => [
      source('capture', 'started'),
      source('capture', 'stopped', { seconds }),
    ];
    const outside = (stop: number) =>
      facts['RST from outside'](storyOf([...talk(), ...outsideRst(), ...stopsAt(stop)], reset)).seen;
    assert.equal(outside(lost + 0.01), 'unknown');
    assert.equal(outside(lost + 1), 'yes');
  });
  it('a RST of a listener that waited for its neighbour may be the one that came', () => {
    const { nodes = [], probes = [] } = endings.heldBack;
    assert.equal(facts["server's kernel sent a RST"](storyOf(nodes, probes)).seen, 'unknown');
  });
  it('a program that exits by itself closes by that what it has, as one does that serves one connection', () =>
    assert.equal(look(endings.ofItself).seen, 'unknown'));
  it('a signal that is not told of is on the way that leads to its end', () =>
    assert.equal(look(endings.bySomeSignal).seen, 'yes'));
  it('a program that is asked to end and closes by a system call of its own did that itself, though it exits soon', () => {
    assert.equal(look(endings.askedAndClosed).seen, 'unknown');
    assert.equal(look(endings.closedAndLeft).seen, 'no');
    assert.equal(look(endings.killedAsItClosed).seen, 'yes');
  });
  it('an exit that may still be told is no exit yet', () =>
    assert.equal(
      look({ ...endings.justNow, nodes: (endings.justNow.nodes ?? []).slice(0, -2) }).seen,
      'unknown',
    ));
});
