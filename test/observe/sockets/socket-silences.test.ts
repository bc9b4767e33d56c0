// What lists of sockets and their ends tell of silences: lines as ss of iproute2 6.1 prints them.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createSocketSilences } from '../../../src/observe/sockets/socket-silences.ts';
import type { LostAfterSilence } from '../../../src/packets/silences-between.ts';
import { agesIn, parseSsLine } from '../../../src/system/tools/ss.ts';

interface Did {
  /** Seconds ago; `sent` null: nothing ever was. */
  readonly sent: number | null;
  readonly heard: number;
  readonly more?: string;
}

const info = ({ sent, heard, more = '' }: Did) => {
  const [sentMs, heardMs] = [Math.round((sent ?? 5_000) * 1_000), Math.round(heard * 1_000)];
  const ago = `${sent === 0 ? '' : `lastsnd:${sentMs} `}lastrcv:${heardMs} lastack:${heardMs}`;
  return `ts sack wscale:10,10 rto:204${more} rtt:0.9/0.7 mss:1448 cwnd:10${sent === null ? '' : ' bytes_sent:40 bytes_acked:41'} bytes_received:9 segs_in:2 ${ago} rcv_space:14480`;
};
const ends = (port: number) => `10.9.0.1:${port} 10.9.0.2:80`;
const live = (port: number, did: Did) =>
  `ESTAB 0 0 ${ends(port)} ino:7 sk:${port.toString(16)} cgroup:/c <-> ${info(did)}`;
const dead = (port: number, did: Did) =>
  `UNCONN 0 20 ${ends(port)} ino:0 sk:${port.toString(16)} ${info(did)}`;

function watching() {
  const told: LostAfterSilence[] = [];
  const silences = createSocketSilences((one) => told.push(one));
  const list = (seconds: number, lines: readonly string[]) => {
    for (const text of lines) {
      const socket = parseSsLine(text) ?? assert.fail(text);
      silences.listed(socket.cookie ?? '', () => ({ ...socket, side: 'client' }), text, seconds * 1e6);
    }
  };
  const end = (seconds: number, text: string) => {
    silences.ended(parseSsLine(text) ?? assert.fail(text), null, text, seconds * 1e6, seconds * 1e6);
  };
  return { list, end, told };
}

const inSeconds = (micros: number) => Math.round(micros / 1e5) / 10;

describe('a socket that is listed now and then', () => {
  it('survived what it had been silent for by one list, where it was heard before the next', () => {
    const { list, end, told } = watching();
    list(100, [live(40_001, { sent: 30, heard: 30 }), live(40_002, { sent: 1, heard: 1 })]);
    // The first spoke 20 s before this list, after 70 s; the second is silent since.
    list(160, [live(40_001, { sent: 20, heard: 20 }), live(40_002, { sent: 61, heard: 61 })]);
    list(400, [live(40_001, { sent: 10, heard: 10 }), live(40_002, { sent: 301, heard: 301 })]);
    end(500, dead(40_003, { sent: 0.01, heard: 350.01 }));
    const [one] = told;
    assert.ok(one !== undefined);
    assert.deepEqual([one.client, one.server, one.ended, one.lost], ['10.9.0.1', '10.9.0.2:80', 'reset', 1]);
    assert.equal(inSeconds(one.silence), 350);
    // For certain 30 s, and between the later two lists 250 s at most.
    assert.deepEqual([one.longestSurvived, one.survivedAtMost].map(inSeconds), [30, 250]);
    assert.deepEqual(one.lived.map(inSeconds), [250]);
    assert.equal(one.coincidence.toFixed(2), (110 / 350).toFixed(2));
  });

  it('is lost after a silence where nothing was heard since it last spoke', () => {
    const { list, end, told } = watching();
    list(100, [live(40_001, { sent: 30, heard: 30 })]);
    end(200, dead(40_001, { sent: 2, heard: 1 }));
    end(210, dead(40_002, { sent: null, heard: 90 }));
    assert.deepEqual(told, []);
    end(220, dead(40_004, { sent: 0, heard: 60 }));
    assert.deepEqual(
      told.map(({ silence }) => inSeconds(silence)),
      [60],
    );
  });

  it('is told of without the time that it waited for an answer in vain, and not where that is not known', () => {
    const { end, told } = watching();
    // 0.2, 0.4 and 0.8 s.
    const again = { sent: 0.5, heard: 61.9, more: ' backoff:3' };
    const line = dead(40_001, again).replace('rto:204', 'rto:1600');
    assert.deepEqual(agesIn(line), { sentMs: 500, heardMs: 61_900, timeoutMs: 1_600, backoff: 3 });
    end(100, line);
    assert.deepEqual(
      told.map(({ silence }) => inSeconds(silence)),
      [60],
    );
    end(100, dead(40_002, { ...again, heard: 1_260, more: ' backoff:15' }).replace('rto:204', 'rto:120000'));
    assert.equal(told.length, 1);
  });
});
