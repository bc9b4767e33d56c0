// What a kernel knows of a connection whose data nobody captured: that its client waited in vain, or was reset with a question on its way.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { lostByNodes } from '../../../src/diagnose/connections/lost-by-nodes.ts';
import { createNodeReader } from '../../../src/diagnose/connections/node-timeline.ts';
import { causeModels } from '../../../src/causes/index.ts';
import { diagnoseWire } from '../../../src/diagnose/diagnose.ts';
import type { NodeEvent, PacketEvent } from '../../../src/model/node-event.ts';
import { atClient, byClient, endOfSocket, gaveUp, kernel, losesByReset, told } from '../kernel-events.ts';
import { answered, asked, live, lost as lostAt, packet, ran } from '../made-by-hand.ts';
import { at } from '../story-events.ts';

function seen(...events: readonly NodeEvent[]) {
  const reader = createNodeReader(null);
  for (const event of [...kernel, ...events]) reader.add(event);
  const { lost, benign, stalled } = lostByNodes(reader.timeline());
  return {
    lost: lost.map(({ failure, phase }) => `${failure} while ${phase ?? '?'}`),
    ...{ benign, stalled, moments: lost.map(({ failedAt }) => failedAt) },
  };
}

const fromClient = (seconds: number, flags: string, more: Partial<PacketEvent> = {}) =>
  packet(seconds, ['cali-client', 'in'], asked, flags, { seq: 100, ...more });
const toClient = (seconds: number, flags: string, more: Partial<PacketEvent> = {}) =>
  packet(seconds, ['cali-client', 'out'], answered, flags, { seq: 500, ack: 101, ttl: 63, ...more });
/** All that a capture of openings and ends has of it while it lives. */
const opening = [fromClient(0.5, 'S'), toClient(0.501, 'S.')];
const again = (...times: readonly number[]) => times.map((seconds) => told(seconds, 'retransmit', atClient));
const closes = (seconds: number) =>
  told(seconds, 'set-state', atClient, { ...byClient, state: 'ESTABLISHED', newState: 'FIN_WAIT1' });
/** With a question sent last, and nothing heard since. */
const asking = (lastSentMs: number, lastReceivedMs: number) =>
  ({
    ...endOfSocket(atClient, 0),
    lastData: 'sent',
    lastSentMs,
    lastReceivedMs,
    side: 'client',
  }) as NodeEvent;

describe('a client that closes after its kernel has sent again', () => {
  it('three times and more, ever later, waited in vain: a time-out, whoever sends a RST then', () => {
    const late = fromClient(2.3, 'R', { seq: 105 });
    const { lost, benign, moments } = seen(...opening, ...again(1, 1.2, 1.62, 2.45), closes(2.2), late);
    assert.deepEqual([lost, benign], [['timeout while awaiting'], 0]);
    assert.equal(new Date((moments[0] ?? 0) / 1_000).getUTCMilliseconds(), 620);
  });

  it('twice, and whose socket had heard nothing meanwhile, likewise', () =>
    assert.deepEqual(seen(...again(1, 1.21), closes(1.5), asking(900, 1_300)).lost, [
      'timeout while awaiting',
    ]));

  it('twice, and had an answer meanwhile, lacks nothing', () =>
    assert.deepEqual(seen(...again(1, 1.21), closes(2), asking(900, 300)).lost, []));

  it('likewise, and whose socket’s own line is stamped late: what it counts from is one moment for both', () => {
    const late = { ...asking(300, 300), at: at(2.7) };
    assert.deepEqual(seen(...again(1, 1.2, 1.6), closes(2), late).lost, []);
    const silent = { ...asking(1_100, 1_700), at: at(2.7) };
    assert.deepEqual(seen(...again(1, 1.2, 1.6), closes(2), silent).lost, ['timeout while awaiting']);
  });

  it('now and then, each time answered, lacks nothing', () =>
    assert.deepEqual(seen(...again(0.6, 0.8, 1, 1.2, 1.4), closes(2)).lost, []));

  it('in steps that grow by chance, and had an answer between them, or long after them, lacks nothing', () => {
    assert.deepEqual(seen(...again(1, 1.2, 1.6), closes(2), asking(100, 500)).lost, []);
    assert.deepEqual(seen(...again(1, 1.2, 1.6), closes(4)).lost, []);
  });

  it('was not ended by itself, as its close might seem to say', () => {
    const end = [...again(1, 1.2, 1.62, 2.45), closes(2.2), fromClient(2.46, 'R', { seq: 105 })];
    const resets = told(2.4601, 'send-reset', atClient, { state: 'CLOSE', reason: 'TCP_ABORT_ON_DATA' });
    const [finding, more] = diagnoseWire(
      [...kernel, ...ran('capture'), ...opening, ...end, resets],
      causeModels,
    );
    assert.ok(finding !== undefined && more === undefined);
    assert.ok(!/^client/.test(finding.author), finding.author);
    assert.ok(finding.suspects.includes('nobody'));
    assert.notEqual(finding.certainty?.author, 'proven');
  });
});

describe('what a kernel says counts where a capture has openings and ends alone', () => {
  const race = [toClient(lostAt - 0.002, 'F.'), toClient(lostAt - 0.001, 'R')];

  it('a client that had asked when its socket was reset lost that, though the server had said goodbye', () => {
    const end = seen(...opening, ...race, ...losesByReset(atClient), asking(5, 400));
    assert.deepEqual([end.lost, end.benign], [['reset while awaiting'], 0]);
  });

  it('one that had not asked lost nothing', () =>
    assert.deepEqual([seen(...opening, ...race).lost, seen(...opening, ...race).benign], [[], 1]));

  it('a kernel that gave up is believed, though a late goodbye of the server met no socket', () => {
    const late = [toClient(lostAt + 0.5, 'F.'), fromClient(lostAt + 0.5001, 'R', { seq: 101 })];
    const end = seen(...opening, ...late, gaveUp(), asking(1_000, 3_000));
    assert.deepEqual([end.lost, end.benign], [['timeout while awaiting'], 0]);
  });

  it('and though its kernel answered with a RST what came when the way was open again', () => {
    const late = fromClient(lostAt + 2, 'R', { seq: 101 });
    const resets = told(lostAt + 2.0001, 'send-reset', atClient, { state: 'UNKNOWN', reason: 'NO_SOCKET' });
    const end = [...opening, ...again(1, 1.2, 1.62), gaveUp(), late, resets];
    assert.deepEqual(seen(...end).lost.length, 1);
    assert.match(seen(...end).lost[0] ?? '', /^timeout/);
    // Nor do packets with data tell more, of a client that asked for room in a shut window.
    const asks = fromClient(1.9, 'P.', { seq: 101, payloadLength: 17, ipLength: 69 });
    const heard = toClient(1.95, '.', { seq: 501, ack: 118 });
    assert.match(seen(...end, asks, heard).lost[0] ?? '', /^timeout/);
    const [finding] = diagnoseWire([...kernel, ...ran('capture'), ...end], causeModels);
    assert.ok(finding?.suspects.includes('nobody'), finding?.suspects.join());
    const rivals = (finding?.rivals ?? []).map(({ cause }) => cause);
    for (const cause of ['silent-drop', 'one-way-drop']) assert.ok(rivals.includes(cause), rivals.join());
  });

  it('but not one that was told so by the RST itself', () => {
    const now = fromClient(lostAt - 0.001, 'R.', { ...live, flags: 'R.', seq: 101, ack: 501 });
    assert.deepEqual(seen(...opening, gaveUp(), now).lost.length, 1);
    assert.match(seen(...opening, gaveUp(), now).lost[0] ?? '', /^reset/);
  });

  it('a RST whose numbers tell of answers did not refuse an opening: a client that goes so lacks nothing', () => {
    const goes = fromClient(2, 'R.', { ...live, flags: 'R.', seq: 107, ack: 504 });
    assert.deepEqual([seen(...opening, goes).lost, seen(...opening, goes).benign], [[], 1]);
  });

  it('nor did that of a server, and what the client waited for its socket tells', () => {
    const ends = toClient(lostAt - 0.001, 'R.', { ...live, flags: 'R.', seq: 504, ack: 107 });
    assert.deepEqual(seen(...opening, ends).lost, ['reset while ?']);
    assert.deepEqual(seen(...opening, ends, ...losesByReset(atClient), asking(5, 400)).lost, [
      'reset while awaiting',
    ]);
  });
});
