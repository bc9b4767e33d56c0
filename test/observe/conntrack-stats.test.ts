import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseConntrackStats } from '../../src/observe/conntrack-stats.ts';
import { recordedText } from './recorded.ts';

const recorded = recordedText('nf_conntrack-stat.txt');

describe("connection tracking's counters", () => {
  it('are summed over the CPUs, and read as hexadecimal', () => {
    const [, ...cpus] = recorded
      .trim()
      .split('\n')
      .map((line) => line.trim().split(/\s+/));
    const found = cpus.reduce((sum, cpu) => sum + Number.parseInt(cpu[2] ?? '', 16), 0);
    const stats = parseConntrackStats(recorded);
    assert.equal(cpus.length, 2);
    assert.equal(stats?.counters['found'], found);
    assert.ok(found > 0);
    assert.equal(
      stats.count,
      Number.parseInt(cpus[0]?.[0] ?? '', 16),
      'the number of entries is the same in each line',
    );
    assert.equal(stats.counters['invalid'], 0);
    assert.equal('chainlength' in stats.counters, false);
  });

  it('of older kernels, with other columns, are read by their names', () => {
    const old =
      'entries  searched found new invalid insert_failed drop early_drop\n0000000a 0 0 0 00000010 1 2 3\n0000000a 0 0 0 00000001 0 0 0\n';
    assert.deepEqual(parseConntrackStats(old), {
      counters: { searched: 0, found: 0, new: 0, invalid: 17, insert_failed: 1, drop: 2, early_drop: 3 },
      count: 10,
    });
  });

  it('cut off in a line are those of the lines before it; anything else is none', () => {
    const [head = '', first = '', second = ''] = recorded.split('\n');
    assert.deepEqual(
      parseConntrackStats(`${head}\n${first}\n${second.slice(0, 30)}`),
      parseConntrackStats(`${head}\n${first}\n`),
    );
    assert.equal(parseConntrackStats(''), undefined);
    assert.equal(parseConntrackStats(head), undefined);
    assert.equal(parseConntrackStats('something else\n1 2\n'), undefined);
  });
});
