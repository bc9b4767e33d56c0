// A file is read on while it grows and rolls: every line once, in order, as long as it is on the disk.
import assert from 'node:assert/strict';
import { appendFile, rename, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { it, type TestContext } from 'node:test';
import { createGrownFile } from '../../src/run-folder/grown-file.ts';
import { createRollingFile, olderHalf } from '../../src/run-folder/rolling-file.ts';
import { newFolder, noLoss } from './a-folder.ts';

async function newLog(t: TestContext) {
  const path = join(await newFolder(t), 'events.ndjson');
  const file = createGrownFile(path);
  t.after(() => file.close());
  const readOn = async () => {
    const lines: string[] = [];
    for await (const some of file.readOn()) lines.push(...some);
    return lines;
  };
  return { path, file, readOn };
}

const numbers = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => String(from + index).padStart(9, '0'));

it('hands over every line once, in order, also when its writer rolled it once or twice since the last reading', async (t) => {
  const { path, readOn } = await newLog(t);
  // Fifty lines of ten bytes to a half.
  const writer = createRollingFile(path, { maxBytes: 1_000, onLeftOut: () => undefined, loss: noLoss });
  t.after(() => writer.close());
  const read: string[] = [];
  let written = 0;
  for (const some of [0, 3, 60, 50, 1, 99, 7, 100, 50, 100, 0, 49]) {
    for (const line of numbers(written, written + some)) writer.write(`${line}\n`);
    writer.flush();
    written += some;
    read.push(...(await readOn()));
    assert.deepEqual(read, numbers(0, written), `after ${written} lines`);
  }
});

it('hands over what is left of the half that it has open, though its name is gone, and what was let go is all it misses', async (t) => {
  const { path, readOn } = await newLog(t);
  const halves = [numbers(0, 9), numbers(9, 12), numbers(12, 15), numbers(15, 18)];
  await writeFile(path, `${halves[0]!.slice(0, 4).join('\n')}\n`);
  assert.deepEqual(await readOn(), halves[0]!.slice(0, 4));
  await appendFile(path, `${halves[0]!.slice(4).join('\n')}\n`);
  for (const half of halves.slice(1)) {
    await rename(path, olderHalf(path));
    await writeFile(path, `${half.join('\n')}\n`);
  }
  assert.deepEqual(await readOn(), [...halves[0]!.slice(4), ...halves[2]!, ...halves[3]!]);
  assert.deepEqual(await readOn(), []);
});

it('waits for the newer half when it comes in the very moment of rolling', async (t) => {
  const { path, readOn } = await newLog(t);
  await writeFile(olderHalf(path), 'a\n');
  assert.deepEqual(await readOn(), ['a']);
  assert.deepEqual(await readOn(), []);
  await writeFile(path, 'b\n');
  assert.deepEqual(await readOn(), ['b']);
  await rename(path, olderHalf(path));
  assert.deepEqual(await readOn(), []);
  await writeFile(path, 'c\n');
  assert.deepEqual(await readOn(), ['c']);
});

it('does not join what is left at the end of one half with the beginning of the other', async (t) => {
  const { path, file, readOn } = await newLog(t);
  await writeFile(olderHalf(path), 'whole\ncut of');
  await writeFile(path, 'next\nlast');
  assert.deepEqual(await readOn(), ['whole', 'next']);
  assert.deepEqual([file.cutOff(false), file.cutOff(true)], [1, 2]);
  await appendFile(path, ' one\n');
  assert.deepEqual(await readOn(), ['last one']);
  assert.deepEqual([file.cutOff(true), file.position], [1, 26]);
});

it('follows no link', async (t) => {
  const { path, file, readOn } = await newLog(t);
  await writeFile(`${path}.secret`, 'secret\n');
  await symlink(`${path}.secret`, path);
  assert.deepEqual([await readOn(), file.position], [[], 0]);
});

it('only what netdebug rolls has an older half: somebody’s X.1 beside X is another file', async (t) => {
  const folder = await newFolder(t);
  await writeFile(join(folder, 'client.ndjson'), 'now\n');
  await writeFile(join(folder, 'client.1.ndjson'), 'rotated away\n');
  const file = createGrownFile(join(folder, 'client.ndjson'));
  t.after(() => file.close());
  const read: string[] = [];
  for await (const lines of file.readOn()) read.push(...lines);
  assert.deepEqual(read, ['now']);
});
