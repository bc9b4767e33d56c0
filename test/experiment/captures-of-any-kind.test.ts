// Captures as people have them: of any name, packed, through a pipe, out of order; each has the answer that is known to be right.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { createReadStream, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, describe, it } from 'node:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { diagnosePaths } from '../../src/experiment/re-diagnose.ts';
import { Problem } from '../../src/model/problem.ts';
import { createRecordReader, type CaptureRecord } from '../../src/packets/record-reader.ts';
import { tcpFlags } from '../../src/packets/tcp-packet.ts';
import { madeFrame, madePcap, madePcapng, packetBlocks, type MadeRecord } from '../packets/made-capture.ts';

const recorded = resolve(import.meta.dirname, '../recorded/cases/captures');
const overlay = join(recorded, 'vxlan-server-aborted.pcap');
const bytes = readFileSync(overlay);
const root = mkdtempSync(join(tmpdir(), 'netdebug-captures-'));
after(() => {
  rmSync(root, { recursive: true });
});

/** A live socket's RST: packets alone do not tell whether its owner closed it, died, was killed, or had it destroyed. */
const aborted = {
  ...{ cause: 'unknown', author: 'unknown', connections: 1 },
  rivals: ['server-process-died', 'server-killed-for-memory', 'server-aborted', 'socket-destroyed'],
};

async function told(...paths: readonly string[]) {
  const { findings } = await diagnosePaths(paths);
  return findings.map(({ cause, author, connections, rivals }) => ({
    ...{ cause, author, connections },
    rivals: rivals.map((one) => one.cause),
  }));
}

function written(name: string, content: Buffer | string): string {
  const path = join(root, name);
  writeFileSync(path, content);
  return path;
}

const isUsage = (words: RegExp) => (error: unknown) =>
  error instanceof Problem && error.kind === 'usage' && words.test(error.message);

function recordsOf(capture: Buffer): CaptureRecord[] {
  const records: CaptureRecord[] = [];
  createRecordReader((record) => records.push(record)).push(capture);
  return records;
}
const asMade = ({ at, data }: CaptureRecord): MadeRecord => ({ at: at / 1e6, data });

describe('a recorded capture', () => {
  it('has its right answer', async () => {
    assert.deepEqual(await told(join(recorded, 'any-v6.pcap')), [aborted]);
    assert.deepEqual(await told(overlay), [aborted]);
    // Two were aborted, one over each family, and one was refused.
    assert.deepEqual(await told(join(recorded, 'quiet-after-reset.pcap')), [
      { ...aborted, connections: 2 },
      {
        ...{ cause: 'unknown', author: 'unknown', connections: 1 },
        rivals: [
          ...['policy-reject', 'endpoint-replaced', 'duplicate-owner'],
          ...['server-process-died', 'server-killed-for-memory'],
        ],
      },
    ]);
  });

  it('that holds neighbour discovery alone has no fault, and nothing was lost in it', async () => {
    const {
      counts: { lost: failures },
      notes,
      unread,
    } = await diagnosePaths([join(recorded, 'ipv6-server-aborted.pcap')]);
    assert.deepEqual([failures, unread], [0, false]);
    assert.match(notes.join('\n'), /11 packets read, 0 of them .*; 11 packets are no TCP/);
  });

  it('names the inner connection, and the nodes that the tunnel is between', async () => {
    const [finding] = (await diagnosePaths([overlay])).findings;
    assert.match(
      finding?.evidence.map(({ text }) => text).join('\n') ?? '',
      /10\.62\.0\.2\.7002 > 10\.62\.0\.1\.33516: Flags \[R\.\].* via 10\.61\.0\.2 > 10\.61\.0\.1 VXLAN 7/,
    );
  });
});

/** A frame of zstd that others have a use for, as pzstd and seekable files have them: it is to be passed over. */
function skipped(length: number): Buffer {
  const head = Buffer.from([0x5e, 0x2a, 0x4d, 0x18, 0, 0, 0, 0]);
  head.writeUInt32LE(length, 4);
  return Buffer.concat([head, Buffer.alloc(length, 'x')]);
}

const halves = [zstdCompressSync(bytes.subarray(0, 1_000)), zstdCompressSync(bytes.subarray(1_000))];

describe('a capture', () => {
  it('is known by its content, whatever it is called and however it is packed', async () => {
    for (const [name, content] of [
      ['UPPER.PCAP', bytes],
      ['rolled.pcap0', bytes],
      ['x.dmp', bytes],
      ['noending', bytes],
      ['looks-like-events.ndjson', bytes],
      ['packed.pcap', gzipSync(bytes)],
      ['packed', zstdCompressSync(bytes)],
      ['two.gz', Buffer.concat([gzipSync(bytes.subarray(0, 1_000)), gzipSync(bytes.subarray(1_000))])],
      [
        'two.zst',
        Buffer.concat([zstdCompressSync(bytes.subarray(0, 1_000)), zstdCompressSync(bytes.subarray(1_000))]),
      ],
      ['with-skipped-frames.zst', Buffer.concat([skipped(3), ...halves, skipped(300_000)])],
      [
        'skipped-in-between.zst',
        Buffer.concat([...halves.flatMap((half) => [half, skipped(0), skipped(70)])]),
      ],
    ] as const)
      assert.deepEqual(await told(written(name, content)), [aborted], name);
  });

  it('is found so in a folder, too, where other files are passed by', async () => {
    const folder = mkdtempSync(join(root, 'folder-'));
    writeFileSync(join(folder, 'A.DMP'), gzipSync(bytes));
    for (const [name, content] of Object.entries({ 'run.json': '{}', readme: 'text', empty: '' }))
      writeFileSync(join(folder, name), content);
    assert.deepEqual(await told(folder), [aborted]);
  });

  it('is read through a link that was named, and once with what the link leads to', async () => {
    const link = join(root, 'link');
    symlinkSync(overlay, link);
    assert.deepEqual(await told(link), [aborted]);
    const { notes } = await diagnosePaths([link, overlay]);
    assert.equal(notes.filter((note) => note.includes('packets read')).length, 1);
    // What a folder from elsewhere links to is not ours to read.
    const folder = mkdtempSync(join(root, 'links-'));
    symlinkSync(overlay, join(folder, 'x.pcap'));
    await assert.rejects(told(folder), isUsage(/neither events nor captures/));
  });

  it('of two folders is of two nodes', async () => {
    const paths = [1, 2].map(() => {
      const path = join(mkdtempSync(join(root, 'node-')), 'eth0.pcap');
      writeFileSync(path, bytes);
      return path;
    });
    assert.match((await diagnosePaths(paths)).notes.join('\n'), /2 nodes are named eth0, and kept apart/);
  });

  it('may be out of order', async () => {
    const records = recordsOf(readFileSync(join(recorded, 'quiet-after-reset.pcap'))).map(asMade);
    const expected = await told(written('in-order', madePcap(records)));
    assert.equal(expected.length, 2);
    const orders: Readonly<Record<string, readonly MadeRecord[]>> = {
      backwards: records.toReversed(),
      'last half first': [...records.slice(20), ...records.slice(0, 20)],
      'each second one later': records.flatMap((record, index) =>
        index % 2 === 0 ? [records[index + 1] ?? record, record] : [],
      ),
    };
    for (const [name, order] of Object.entries(orders))
      assert.deepEqual(await told(written('disorder', madePcap(order))), expected, name);
  });

  it('may have packets in any block of pcapng', async () => {
    const records = recordsOf(bytes).map(asMade);
    for (const [name, type] of Object.entries(packetBlocks))
      assert.deepEqual(await told(written('blocks', madePcapng(['eth0'], records, type))), [aborted], name);
  });

  it('that ends in the middle of what it is packed in is read up to there, and it is said', async () => {
    for (const [name, packed] of [
      ['gzip', gzipSync(bytes, { level: 0 })],
      ['zstd', zstdCompressSync(Buffer.concat([bytes, Buffer.alloc(400_000, 'x')]))],
    ] as const) {
      const {
        counts: { lost: failures },
        notes,
      } = await diagnosePaths([written('cut', packed.subarray(0, -9))]);
      assert.equal(failures, 1, name);
      assert.match(notes.join('\n'), new RegExp(`its ${name} data is cut off`));
    }
  });
});

describe('a pipe', () => {
  const stream = (content: Buffer) => {
    const path = written('piped', content);
    return () => createReadStream(path, { highWaterMark: 3 });
  };

  it('on standard input is a capture, packed or not', async () => {
    for (const content of [bytes, gzipSync(bytes), zstdCompressSync(bytes)]) {
      const { findings, notes } = await diagnosePaths(['-'], { stdin: stream(content) });
      assert.ok(findings[0]?.rivals.some(({ cause }) => cause === 'server-aborted'));
      assert.match(notes.join('\n'), /^-: 38 packets read/m);
    }
  });

  it('that was named is read', async () => {
    const fifo = join(root, 'fifo');
    execFileSync('mkfifo', [fifo]);
    const filled = spawn('sh', ['-c', 'cat "$1" > "$0"', fifo, overlay], { stdio: 'ignore' });
    const exited = new Promise((done) => filled.once('exit', done));
    assert.deepEqual(await told(fifo), [aborted]);
    assert.equal(await exited, 0);
  });

  it('that holds none is an error, and so is an empty one', async () => {
    const of = (content: string) => diagnosePaths(['-'], { stdin: stream(Buffer.from(content)) });
    await assert.rejects(
      of('{"event":"failed"}\n'),
      isUsage(/- holds no capture .*; events are read from files/),
    );
    await assert.rejects(of(''), isUsage(/- is empty/));
  });
});

describe('what is neither a capture nor events', () => {
  it('is an error where it was named, of one sentence', async () => {
    await assert.rejects(told(written('text.pcap', 'hello')), isUsage(/text\.pcap is neither a capture/));
    await assert.rejects(told(written('nothing', '')), isUsage(/nothing is empty\.$/));
    await assert.rejects(
      told(written('e.ndjson.gz', gzipSync('{}'))),
      isUsage(/holds no capture; unpack it first/),
    );
    await assert.rejects(told('/dev/null'), isUsage(/is a device/));
    await assert.rejects(told(join(root, 'missing')), isUsage(/cannot be read/));
  });
});

describe('a capture in which nothing can be read', () => {
  const frame = madeFrame({ seq: 1, flags: tcpFlags.rst });
  it('is not one in which nothing was lost', async () => {
    const cut = madePcap([{ at: 1, data: frame, captured: 30 }]);
    const {
      counts: { lost: failures },
      unread,
    } = await diagnosePaths([written('short', cut)]);
    assert.deepEqual([failures, unread], [0, true]);
    const radio = await diagnosePaths([written('radio', madePcap([{ at: 1, data: frame }], 127))]);
    assert.equal(radio.unread, true);
    assert.match(radio.notes.join('\n'), /1 packets of link type 127 cannot be read/);
  });
});

describe('the packets of lost connections', () => {
  it('are written again whole, with what was found of them beside them', async () => {
    const out = join(root, 'lost.pcapng');
    const { notes } = await diagnosePaths([overlay, join(recorded, 'any-v6.pcap')], { annotate: out });
    assert.match(notes.join('\n'), /lost\.pcapng: 32 packets of lost connections/);
    const again = recordsOf(readFileSync(out));
    const before = [...recordsOf(readFileSync(join(recorded, 'any-v6.pcap'))), ...recordsOf(bytes)];
    // Every packet is one of the captures', byte by byte and at its time.
    for (const { at, data, linkType, wireLength } of again)
      assert.ok(
        before.some(
          (one) =>
            one.data.equals(data) &&
            Math.abs(one.at - at) < 0.5 &&
            one.linkType === linkType &&
            one.wireLength === wireLength,
        ),
      );
    const comments = again.flatMap(({ comment, interfaceName }) =>
      comment === null ? [] : [`${interfaceName ?? ''}: ${comment.toString()}`],
    );
    assert.equal(comments.length, 4);
    assert.match(
      comments.join('\n'),
      /vxlan-server-aborted: netdebug: here begins what is known of 10\.62\.0\.1:33516/,
    );
    assert.match(
      comments.join('\n'),
      /10\.62\.0\.1:33516 > 10\.62\.0\.2:7002 was lost here \(reset\)\ncause: unknown \(open\)\nended by: not known \(open\)\n.*server-aborted or socket-destroyed/,
    );
    assert.match(comments.join('\n'), /netdebug: seen here: RST of a live socket/);
    // It can be diagnosed in its turn.
    assert.equal((await diagnosePaths([out])).counts.lost, 2);
  });

  it('are written nowhere where they were read, where there are none, and where nothing can be written', async () => {
    const own = written('own.pcap', bytes);
    await assert.rejects(
      diagnosePaths([own], { annotate: own }),
      isUsage(/one of the captures that are read/),
    );
    assert.ok(readFileSync(own).equals(bytes));
    const stdin = () => createReadStream(overlay);
    await assert.rejects(diagnosePaths(['-'], { annotate: join(root, 'x'), stdin }), isUsage(/only once/));
    await assert.rejects(
      diagnosePaths([own], { annotate: join(root, 'no/folder') }),
      (error) => error instanceof Problem && error.kind === 'unwritable',
    );
  });
});
