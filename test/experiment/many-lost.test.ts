import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { diagnosePaths } from '../../src/experiment/re-diagnose.ts';
import { tcpFlags } from '../../src/packets/tcp-packet.ts';
import { madeFrame, madePcap } from '../packets/made-capture.ts';

const root = mkdtempSync(join(tmpdir(), 'netdebug-many-'));
after(() => rmSync(root, { recursive: true }));

describe('more lost connections than are explained one by one', () => {
  it('are all counted, and it is said of how many nothing more is known', async () => {
    const path = join(root, 'storm.pcap');
    const start = 1_795_000_000;
    const refused = Array.from({ length: 5 }, (_, index) => [
      { at: start + index, data: madeFrame({ sport: 2_000 + index, seq: index + 1, flags: tcpFlags.syn }) },
      {
        at: start + index + 0.01,
        data: madeFrame({
          src: 2,
          dst: 1,
          sport: 80,
          dport: 2_000 + index,
          seq: 0,
          flags: tcpFlags.rst | tcpFlags.ack,
        }),
      },
    ]);
    writeFileSync(path, madePcap(refused.flat()));
    const explained = async (options = {}) => {
      const { counts, findings, notes } = await diagnosePaths([path], options);
      const told = notes.filter((note) => note.includes('not explained one by one'));
      return { lost: counts.lost, of: findings.reduce((sum, one) => sum + one.connections, 0), told };
    };
    assert.deepEqual(await explained(), { lost: 5, of: 5, told: [] });
    assert.deepEqual(await explained({ mostExplained: 2 }), {
      ...{ lost: 5, of: 2 },
      told: ['the first 2 lost connections are explained; 3 more are counted, not explained one by one'],
    });
  });
});
