import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { createPcapngWriter, pcapngHead } from '../../src/packets/pcapng-writer.ts';
import { createRecordReader, type CaptureRecord } from '../../src/packets/record-reader.ts';
import { madeFrame } from './made-capture.ts';

const made: readonly CaptureRecord[] = [
  { linkType: 1, interfaceName: 'eth0', direction: 'in', comment: null },
  { linkType: 276, interfaceName: null, direction: null, comment: Buffer.from('of another') },
  { linkType: 1, interfaceName: 'eth0', direction: 'out', comment: null },
].map((fixed, index) => {
  // Of each length modulo four, cut off, at times with a fraction.
  const data = madeFrame({ seq: index, payload: index + 1 });
  const at = 1_700_000_000_000_000 + index * 0.25;
  return { ...fixed, at, data, wireLength: data.length + index } as CaptureRecord;
});

function written(): Buffer {
  const writer = createPcapngWriter();
  const comments = [['one', 'zwei ü\nlines'], [], ['x'.repeat(70_000)]];
  return Buffer.concat([
    pcapngHead('netdebug'),
    ...made.map((record, index) => writer.packet(record, 'node', comments[index] ?? [])),
  ]);
}

describe('what the pcapng writer wrote', () => {
  it('is read again as it was, comments and all', () => {
    const records: CaptureRecord[] = [];
    const reader = createRecordReader((record) => records.push(record));
    reader.push(written());
    assert.deepEqual(reader.limits(), []);
    assert.deepEqual(
      records.map(({ at, data, wireLength, linkType, direction }) => [
        ...[Math.abs(at - (made[0]?.at ?? 0)) < 1, data.toString('hex'), wireLength, linkType, direction],
      ]),
      made.map(({ data, wireLength, linkType, direction }) => [
        ...[true, data.toString('hex'), wireLength, linkType, direction],
      ]),
    );
    assert.deepEqual(
      records.map(({ interfaceName }) => interfaceName),
      ['eth0 of node', 'node', 'eth0 of node'],
    );
    assert.deepEqual(
      records.map(({ comment }) => comment?.toString().slice(0, 20)),
      ['one\nzwei ü\nlines', 'of another', 'x'.repeat(20)],
    );
  });

  const hasTshark = spawnSync('sh', ['-c', 'command -v tshark']).status === 0;
  it('is read by Wireshark likewise', { skip: hasTshark ? false : 'needs tshark' }, (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'netdebug-pcapng-'));
    t.after(() => {
      rmSync(folder, { recursive: true });
    });
    const file = join(folder, 'x.pcapng');
    writeFileSync(file, written());
    const fields = [
      'frame.time_epoch',
      'frame.len',
      'frame.cap_len',
      'frame.interface_name',
      'frame.comment',
    ];
    const argv = ['-r', file, '-T', 'fields', ...fields.flatMap((field) => ['-e', field])];
    const { stdout, stderr } = spawnSync('tshark', argv, { encoding: 'utf8' });
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.split('\t'));
    assert.deepEqual(
      lines.map(([time, length, captured, name]) => [time, Number(length) - Number(captured), name]),
      [
        ['1700000000.000000000', 0, 'eth0 of node'],
        ['1700000000.000000250', 1, 'node'],
        ['1700000000.000000500', 2, 'eth0 of node'],
      ],
      stderr,
    );
    assert.match(lines[0]?.[4] ?? '', /^one,zwei ü/);
    assert.equal(lines[1]?.[4], 'of another');
  });
});
