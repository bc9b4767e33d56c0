import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { test, type TestContext } from 'node:test';
import { conclude, endMark, page, tables, type Section } from '../../bench/probing/page.ts';
import { publish } from '../../bench/probing/publish.ts';
import { mostApart } from '../../bench/probing/spread.ts';

const circumstances = {
  date: '2026-01-02',
  rounds: 7,
  machine: '2 cores of a test',
  compilers: ['gcc 12.2.0', 'go1.26.8'],
  notes: ['go1.26.8 could not be had'],
};

function section(values: number[]): Section {
  return {
    title: 'Against Go and C',
    text: 'Some words.',
    figures: [
      { name: 'client, CPU per probe, × C', unit: '', digits: 2, values, limit: { most: 1.25 } },
      { name: 'client, netdebug, a probe', unit: ' ns', digits: 0, values: [21_000, 21_126.8, 22_000] },
      { name: 'resets reported', unit: '', digits: 0, values: [1_000], limit: { least: 1_000 } },
    ],
  };
}

const steady = [2.1, 2.2, 2.2, 2.25, 2.3, 2.3, 9];
const spread = [1.2, 1.5, 2, 2.2, 2.6, 3, 3.4];

function document(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'netdebug-page-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'performance.md');
  writeFileSync(path, `# Old\n${endMark}\n\n## By hand\n`);
  return path;
}

test('each figure stands with its quartiles, its limit and whether it is met', () => {
  assert.equal(
    tables([section(steady)]),
    `## Against Go and C

Some words.

| | median | quartiles | limit | |
| --- | --- | --- | --- | --- |
| client, CPU per probe, × C | 2.25 | 2.20 to 2.30 | at most 1.25 | missed |
| client, netdebug, a probe | 21127 ns | 21063 to 21563 ns |  |  |
| resets reported | 1000 | measured once | at least 1000 | met |
`,
  );
});

test('the page names what it was measured with, and keeps what was written by hand', () => {
  const text = page([section(steady)], circumstances, `# Old\n0.25 × Go\n${endMark}\n\n## By hand\n`);
  assert.match(
    text,
    /on 2026-01-02, on 2 cores of a test; the references\nwere built by gcc 12\.2\.0 and go1\.26\.8\. /,
  );
  assert.match(text, /go1\.26\.8 could not be had\. Everything/);
  assert.ok(!text.includes('0.25'));
  assert.ok(text.endsWith(`${endMark}\n\n## By hand\n`));
});

test('a page whose figures are steady is written, when that is asked for', async (t) => {
  const path = document(t);
  const before = readFileSync(path, 'utf8');
  assert.equal((await publish(path, [section(steady)], circumstances, false)).written, false);
  assert.equal(readFileSync(path, 'utf8'), before);
  const { exitCode, written } = await publish(path, [section(steady)], circumstances, true);
  assert.deepEqual({ exitCode, written }, { exitCode: 0, written: true });
  assert.match(readFileSync(path, 'utf8'), /× C \| 2\.25 \| 2\.20 to 2\.30 /);
});

test('a page with a figure whose quartiles are too far apart is refused: exit code 2, the figure named, the page as it was', async (t) => {
  const path = document(t);
  const before = readFileSync(path, 'utf8');
  const { exitCode, written, sentence } = await publish(path, [section(spread)], circumstances, true);
  assert.deepEqual({ exitCode, written }, { exitCode: 2, written: false });
  assert.match(
    sentence,
    /^inconclusive: the quartiles of "client, CPU per probe, × C" are 1\.75 to 2\.80, 48% of its median/,
  );
  assert.equal(readFileSync(path, 'utf8'), before);
});

test('one spread figure in any section refuses all', () => {
  assert.equal(conclude([section(steady), section(steady)]).exitCode, 0);
  assert.equal(conclude([section(steady), section(spread)]).exitCode, 2);
});

test('--write is refused for a run that is not a whole one', () => {
  const bench = resolve(import.meta.dirname, '../../bench/probing.ts');
  for (const words of [['--quick'], ['--rounds', '6'], ['--parts', 'cost']]) {
    const { status, stderr } = spawnSync(process.execPath, [bench, '--write', ...words], {
      encoding: 'utf8',
    });
    assert.equal(status, 64, stderr);
    assert.match(stderr, /--write needs all parts, at least 7 rounds/);
  }
});

test('docs/performance.md has no figure without its quartiles, and none whose quartiles are too far apart', () => {
  const text = readFileSync(resolve(import.meta.dirname, '../../docs/performance.md'), 'utf8');
  const above = text.slice(0, text.indexOf(endMark));
  const rows = above.split('\n').filter((line) => /^\| [^|]*[^-| ]/.test(line));
  for (const row of rows) {
    if (row === '| | median | quartiles | limit | |') continue;
    const cells = row.split('|').map((cell) => cell.trim());
    if (cells[3] === 'measured once') continue;
    const [low, high] =
      /^([0-9.]+) to ([0-9.]+)/
        .exec(cells[3] ?? '')
        ?.slice(1)
        .map(Number) ?? [];
    assert.ok(low !== undefined && high !== undefined, `no quartiles: ${row}`);
    // What is printed is rounded.
    assert.ok((high - low) / Number.parseFloat(cells[2] ?? '') < mostApart + 0.02, row);
  }
});
