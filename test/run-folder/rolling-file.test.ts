import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { createRollingFile, olderHalf } from '../../src/run-folder/rolling-file.ts';
import { codeOf } from '../../src/run-folder/why-unwritable.ts';
import { noLoss, unexpected } from './a-folder.ts';

async function newFile(t: TestContext, maxBytes: number, head?: Buffer) {
  const folder = await mkdtemp(join(tmpdir(), 'netdebug-test-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, 'lines.log');
  const reasons: string[] = [];
  const onLeftOut = (reason: string) => reasons.push(reason);
  return {
    path,
    folder,
    reasons,
    file: createRollingFile(path, { maxBytes, onLeftOut, loss: noLoss, ...(head && { head }) }),
  };
}

const line = (number: number) => `line ${String(number).padStart(6, '0')}\n`;

describe('a rolling file', () => {
  it('holds all lines in order as long as they fit', async (t) => {
    const { path, folder, reasons, file } = await newFile(t, 10_000);
    for (let number = 0; number < 100; number += 1) file.write(line(number));
    file.close();
    assert.equal(
      await readFile(path, 'utf8'),
      Array.from({ length: 100 }, (_, number) => line(number)).join(''),
    );
    assert.deepEqual([await readdir(folder), reasons], [['lines.log'], []]);
  });

  it('never exceeds its bound, and holds the newest lines, whole, in two files', async (t) => {
    const { path, folder, reasons, file } = await newFile(t, 1_000);
    for (let number = 0; number < 1_000; number += 1) {
      file.write(line(number));
      if (number % 10 !== 0) continue;
      file.flush();
      let size = 0;
      for (const name of await readdir(folder)) size += (await stat(join(folder, name))).size;
      assert.ok(size <= 1_000, `${size} bytes`);
    }
    file.close();
    const text = (await readFile(olderHalf(path), 'utf8')) + (await readFile(path, 'utf8'));
    const first = Number(text.slice(5, 11));
    assert.equal(text, Array.from({ length: 1_000 - first }, (_, index) => line(first + index)).join(''));
    assert.ok(1_000 - first >= 41, 'at least one half is full');
    assert.match(
      reasons.join(),
      /^the oldest lines of .*lines\.log are let go to stay within the bound on size$/,
    );
  });

  it('begins each of its files with the head', async (t) => {
    const { path, file } = await newFile(t, 200, Buffer.from('HEAD\n'));
    for (let number = 0; number < 30; number += 1) file.write(Buffer.from(line(number)));
    file.close();
    for (const name of [path, olderHalf(path)])
      assert.match(await readFile(name, 'utf8'), /^HEAD\nline [0-9]{6}\n/);
  });

  it('leaves out a piece that does not fit into a half, and says so', async (t) => {
    const { path, reasons, file } = await newFile(t, 100);
    file.write('x'.repeat(51));
    file.write('small\n');
    file.close();
    assert.equal(await readFile(path, 'utf8'), 'small\n');
    assert.match(reasons.join(), /a piece of 51 bytes is too large/);
  });

  it(
    'tells of every piece that a full disk did not take, and does not fail',
    { skip: process.platform !== 'linux' && 'needs /dev/full' },
    () => {
      const lost: unknown[] = [];
      const file = createRollingFile('/dev/full', {
        maxBytes: 1_000,
        onLeftOut: unexpected,
        loss: { lost: (error) => lost.push(codeOf(error)), back: unexpected },
      });
      for (let number = 0; number < 3; number += 1) {
        file.write(line(number));
        file.flush();
      }
      file.close();
      assert.deepEqual(lost, ['ENOSPC', 'ENOSPC', 'ENOSPC']);
    },
  );

  it('keeps the extension of what is set aside', () => {
    assert.equal(olderHalf('/a.b/capture.pcap'), '/a.b/capture.1.pcap');
  });
});
