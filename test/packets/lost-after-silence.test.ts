// How long connections had been silent before they were used for the last time, and what others between the same two ends survived.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createSilenceCounter } from '../../src/packets/lost-after-silence.ts';
import { silenceEvent, type LostAfterSilence } from '../../src/packets/silences-between.ts';
import { tcpFlags } from '../../src/packets/tcp-packet.ts';
import { flowOf, type Way } from '../../src/packets/way.ts';
import type { CapturedPacket } from '../../src/packets/captured-packet.ts';

type Packet = Pick<CapturedPacket, 'at' | 'tcp' | 'flow' | 'seenBefore'>;

const { syn, ack, fin, rst } = tcpFlags;
const port = (number: number) => [number >> 8, number & 255];
/** From 10.0.0.1 to port 80 of 10.0.0.2. */
const out = (sport: number): Way =>
  Buffer.from([10, 0, 0, 1, 10, 0, 0, 2, ...port(sport), ...port(80)]).toString('latin1');
const back = (sport: number): Way =>
  Buffer.from([10, 0, 0, 2, 10, 0, 0, 1, ...port(80), ...port(sport)]).toString('latin1');

interface Said {
  readonly flags?: number;
  readonly seq?: number;
  readonly ack?: number;
  readonly length?: number;
  readonly seenBefore?: number;
}

const packet = (seconds: number, way: Way, { seenBefore = 0, length = 0, ...said }: Said): Packet => ({
  ...{ at: seconds * 1e6, flow: flowOf(way), seenBefore },
  tcp: {
    way,
    flags: said.flags ?? ack,
    seq: said.seq ?? 0,
    ack: said.ack ?? 0,
    payloadLength: length,
  } as Packet['tcp'],
});

const opens = (seconds: number, sport: number) => [
  packet(seconds, out(sport), { flags: syn, seq: 9 }),
  packet(seconds + 0.001, back(sport), { flags: syn | ack, seq: 99, ack: 10 }),
];
/** Ten bytes, the `nth`, and the answer. */
const asks = (seconds: number, sport: number, nth: number, seenBefore = 0) =>
  packet(seconds, out(sport), { seq: 10 * nth, ack: 100 * nth, length: 10, seenBefore });
const answers = (seconds: number, sport: number, nth: number) =>
  packet(seconds, back(sport), { seq: 100 * nth, ack: 10 * nth + 10, length: 100 });
const acknowledges = (seconds: number, sport: number, nth: number) =>
  packet(seconds, out(sport), { seq: 10 * nth + 10, ack: 100 * nth + 100 });
const talks = (seconds: number, sport: number, nth: number) => [
  asks(seconds, sport, nth),
  answers(seconds + 0.01, sport, nth),
  acknowledges(seconds + 0.011, sport, nth),
];
const resets = (seconds: number, sport: number) => packet(seconds, back(sport), { flags: rst });

function told(...packets: readonly Packet[]): LostAfterSilence[] {
  const found: LostAfterSilence[] = [];
  const counter = createSilenceCounter((one) => found.push(one));
  for (const one of packets.toSorted((a, b) => a.at - b.at)) counter.add(one);
  counter.end();
  return found;
}

const rounded = (micros: number) => Math.round(micros / 10_000) / 100;

/** One is lost after four seconds; another that speaks every two lives. */
const [lives, isLost] = [
  [...opens(0, 5_000), ...[1, 3, 5, 7].flatMap((seconds, nth) => talks(seconds, 5_000, nth + 1))],
  [...opens(0, 6_000), ...talks(1, 6_000, 1), asks(5.011, 6_000, 2)],
];

describe('a connection that ends when it is used again', () => {
  it('is told of with its silence, and with what others survived till then', () => {
    const [one, ...rest] = told(...lives, ...isLost, resets(5.02, 6_000));
    assert.deepEqual(rest, []);
    assert.ok(one !== undefined);
    const { client, server, ended, lost, tuple } = one;
    assert.deepEqual([client, server, ended, lost], ['10.0.0.1', '10.0.0.2:80', 'reset', 1]);
    assert.deepEqual([tuple.src, tuple.sport], ['10.0.0.1', 6_000]);
    assert.deepEqual([one.silence, one.shortestLost, one.longestSurvived].map(rounded), [4, 4, 1.99]);
    assert.deepEqual(one.lived.map(rounded), [1.99]);
    const { text, event } = silenceEvent(one);
    assert.match(
      text,
      /^10\.0\.0\.1\.6000 > 10\.0\.0\.2\.80 was reset when it was used after 4\.000 s of silence; /,
    );
    assert.deepEqual(event.livedMs.map(Math.round), [1_989]);
  });

  it('by silence, too: when it was said again in vain, or its client went meanwhile', () => {
    const again = [asks(5.2, 6_000, 2, 1), asks(5.6, 6_000, 2, 2), asks(6.4, 6_000, 2, 3)];
    assert.deepEqual(
      told(...isLost, ...again).map(({ ended, at, lost }) => [ended, at, lost]),
      [['unanswered', 5.6e6, 1]],
    );
    const goes = packet(5.4, out(6_000), { flags: fin | ack, seq: 30, ack: 200 });
    assert.deepEqual(told(...isLost, goes), []);
    assert.deepEqual(
      told(...isLost, ...again.slice(0, 1), goes).map(({ ended }) => ended),
      ['unanswered'],
    );
  });

  it('does not count where it was answered after all, however late', () => {
    const late = [asks(5.2, 6_000, 2, 1), answers(5.3, 6_000, 2)];
    const other = [...opens(0, 7_000), ...talks(1, 7_000, 1), asks(9, 7_000, 2), resets(9.01, 7_000)];
    const [one, ...rest] = told(...isLost, ...late, ...other);
    assert.deepEqual(rest, []);
    assert.deepEqual(one?.lived.map(rounded), [4]);
  });

  it('nor a RST that nothing was asked before, nor a silence that the capture began in', () => {
    assert.deepEqual(told(...opens(0, 6_000), ...talks(1, 6_000, 1), resets(5, 6_000)), []);
    assert.deepEqual(told(asks(5, 6_000, 1), resets(5.01, 6_000)), []);
  });

  it('is of no silence where the connection was kept alive meanwhile', () => {
    const probes = [2, 3, 4].flatMap((seconds) => [
      packet(seconds, out(6_000), { seq: 19, ack: 200 }),
      packet(seconds + 0.001, back(6_000), { seq: 200, ack: 20 }),
    ]);
    const [one] = told(...isLost, ...probes, resets(5.02, 6_000));
    assert.deepEqual(rounded(one?.silence ?? 0), 1.01);
  });

  it('passes several interfaces, and is one', () => {
    const copies = isLost.map((one) => ({ ...one, at: one.at + 20 }));
    const [one, ...rest] = told(...isLost, ...copies, resets(5.02, 6_000), resets(5.020_02, 6_000));
    assert.deepEqual([rounded(one?.silence ?? 0), one?.lost, rest.length], [4, 1, 0]);
  });

  it('is told of at the end, and not counted, when too many end at once for each to be told of', () => {
    const many = Array.from({ length: 120 }, (_, index) => 10_000 + index).flatMap((sport) => [
      ...opens(0, sport),
      ...talks(1, sport, 1),
      asks(5 + sport / 1e6, sport, 2),
      resets(5.001 + sport / 1e6, sport),
    ]);
    const found = told(...lives, ...many);
    assert.equal(found.length, 51);
    assert.deepEqual([found.at(-1)?.lost, found.at(-1)?.lived.length], [50, 1]);
  });

  it('is compared with those that were there before and were answered meanwhile', () => {
    const gone = [packet(3.5, out(5_000), { flags: fin | ack, seq: 30, ack: 300 })];
    const newcomer = [...opens(2, 7_000), ...talks(3, 7_000, 1), ...talks(4, 7_000, 2)];
    const early = lives.filter(({ at }) => at < 3.5e6);
    const [one] = told(...early, ...gone, ...newcomer, ...isLost, resets(5.02, 6_000));
    assert.deepEqual(one?.lived, []);
  });

  it('may have been ended by what ended all, where nobody is known to have been answered after that', () => {
    const silentOnes = [6_000, 6_001, 6_002];
    const all = silentOnes.flatMap((sport, index) => [
      ...opens(0, sport),
      ...talks(1, sport, 1),
      asks(11 + index, sport, 2),
      resets(11.01 + index, sport),
    ]);
    // Those that came after it are spared by it.
    const after = [...opens(10, 5_000), ...[10.1, 11, 12].flatMap((at, nth) => talks(at, 5_000, nth + 1))];
    assert.deepEqual(
      told(...all, ...after).map(({ lost, coincidence }) => [lost, coincidence]),
      [
        [1, 1],
        [2, 1],
        [3, 1],
      ],
    );
    const allAlong = [
      ...opens(0, 8_000),
      ...times(60).flatMap((nth) => talks(0.5 + nth / 4, 8_000, nth + 1)),
    ];
    const spared = told(...all, ...allAlong).at(-1);
    assert.ok((spared?.coincidence ?? 1) < 1e-4, String(spared?.coincidence));
  });
});

const times = (count: number) => Array.from({ length: count }, (_, index) => index);
