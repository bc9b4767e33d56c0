// Whoever ended a connection, its drawing says so, and claims no more than was seen.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { authors, type Author } from '../../../src/model/author.ts';
import { drawPassage } from '../../../src/report/html/sections/passage-drawing.ts';
import { arrivalWords } from '../../../src/report/html/sections/passage-end-words.ts';
import { answerSite, isUntraced, stopSite } from '../../../src/report/html/sections/passage-sites.ts';
import type { Passage, PassageEnd } from '../../../src/report/run-view.ts';

const client = { address: '10.44.0.33', port: 40_000 };
const target = { address: '10.48.14.50', port: 8_080 };
const server = { address: '10.44.0.10', port: 8_080 };
const crossing = (node: string): Passage['crossings'][number] => ({
  ...{ node, id: null, at: null },
  source: { before: client, after: client },
  target: { before: target, after: server },
});

const passage = (end: Partial<PassageEnd>, nodes: readonly string[] = ['node-1', 'node-1']): Passage => ({
  ...{ class: 'here', client, target, server, accepted: client, rule: null, rulePresent: null },
  ...{ crossings: nodes.map(crossing), seen: client },
  end: {
    ...{ author: 'unknown', certainty: 'likely', answer: 'reset', answeredAt: null, stopped: null },
    ...{ arrived: false, strayed: null, places: 0, ...end },
  },
});
const stoppedAt = (lastSeen: string, next: string): PassageEnd['stopped'] => ({
  ...{ from: 'client', at: '2026-11-28T07:12:38.707498Z', flags: 'P.', lastSeen, next },
});

describe('the end of a way', () => {
  for (const author of authors)
    test(`by ${author} is no answer, however little is known`, () => {
      const answer = author === 'nobody' || author === 'gave-up' ? 'nothing' : 'reset';
      const lost = passage({ author: author, answer });
      assert.doesNotMatch(arrivalWords(lost), /it answers\.|It stops here/);
      const { text } = drawPassage(lost, 'way');
      assert.doesNotMatch(text, /has a socket for it|step stop/);
      assert.match(text, /way bad/);
      assert.match(text, /rst-sign/);
    });

  test('by an author whom nobody knows names none, and marks nobody', () => {
    const lost = passage({ certainty: 'open' });
    assert.match(
      arrivalWords(lost),
      /whether it came there was not seen\. What comes back is RST; by whom is open\.$/,
    );
    assert.equal(answerSite(lost), 'open');
    assert.doesNotMatch(drawPassage(lost, 'way').text, /pod (server )?bad/);
  });

  test('by a port that the server does not know is the server’s, unless somebody else is known to have answered', () => {
    const seen = { ...client, port: 1_241 };
    const moved = (author: Author): Passage => ({ ...passage({ author }), seen });
    assert.match(
      arrivalWords(moved('server-kernel')),
      /its socket is for port 40000\. Its kernel answers with RST\./,
    );
    assert.doesNotMatch(arrivalWords(moved('node-rule')), /socket/);
  });

  test('by an ICMP error is drawn as one', () => {
    const lost = passage({ author: 'node-rule', answer: 'icmp' });
    assert.match(arrivalWords(lost), /A rule on the node \(likely\) answers with an ICMP error/);
    assert.match(drawPassage(lost, 'way').text, />ICMP<\/text>/);
  });

  test('by silence, where what the server sent back did not come, has the way to the server whole', () => {
    const stopped = { ...stoppedAt('node-1 cali-server in', 'node-1 eth0 out')!, from: 'server' as const };
    const lost = passage({ author: 'nobody', answer: 'nothing', stopped, arrived: true });
    assert.match(
      arrivalWords(lost),
      /It reaches the server's pod .* What it sends back stops: last seen at node-1 cali-server in, and not at node-1 eth0 out/,
    );
    assert.equal(stopSite(lost), null);
    assert.doesNotMatch(drawPassage(lost, 'way').text, /gone|hears nothing/);
  });
});

describe('where a packet stopped', () => {
  const site = (stopped: PassageEnd['stopped'], places: number, nodes?: readonly string[]) =>
    stopSite(passage({ author: 'node-rule', stopped, places }, nodes));

  test('is on the node before it leaves, beyond it, or on the node that it comes into', () => {
    const [cali, eth] = ['node-1 cali-client', 'node-1 eth0'];
    assert.equal(site(stoppedAt(`${cali} in`, `${eth} out`), 1), 'first');
    assert.equal(site(stoppedAt(`${eth} out`, `${eth} in`), 2), 'between');
    assert.equal(site(stoppedAt(`${eth} in`, 'node-1 cali-server out'), 3), 'second');
    assert.equal(site(stoppedAt(`${cali} in`, 'node-1 cali-server out'), 1, ['node-1']), 'first');
    assert.equal(
      site(stoppedAt('node-2 eth0 in', 'node-2 cali-server out'), 3, ['node-1', 'node-2']),
      'second',
    );
  });

  test('is not drawn where the capture does not tell directions, nor where the server answered', () => {
    assert.equal(site(stoppedAt('node-1 a', 'node-1 b'), 1), null);
    const somewhere = passage({
      author: 'nobody',
      answer: 'nothing',
      stopped: stoppedAt('node-1 a', 'node-1 b'),
    });
    assert.match(arrivalWords(somewhere), /^It stops on its way: last seen at node-1 a, and not at node-1 b/);
    assert.doesNotMatch(drawPassage(somewhere, 'way').text, /step stop/);
    const stopped = stoppedAt('node-1 eth0 out', 'node-1 eth0 in');
    assert.equal(stopSite(passage({ author: 'server-kernel', stopped, places: 2 })), null);
  });

  test('is not known of one that nobody saw arrive or stop; what arrived is not left open', () => {
    assert.equal(isUntraced(passage({ author: 'in-between' })), true);
    assert.equal(isUntraced(passage({ author: 'in-between', arrived: true })), false);
    assert.equal(isUntraced(passage({ author: 'server-application' })), false);
  });
});
