// An output format has one home: a new one is one new file and one line in the list.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { recordedReports, recordedRun } from './report/recorded.ts';
import { withCopy } from './toy-copy.ts';

const toy = `// A run in one word.
import type { Format } from './format.ts';

export const toy: Format = {
  name: 'toy',
  fileName: 'report.toy',
  printed: true,
  needs: 'record',
  renderRun: ({ verdict }) => \`toy \${verdict.outcome}\\n\`,
  renderMatrix: ({ cells }) => \`toy \${cells.length}\\n\`,
};
`;
const listed = (index: string) => index.replace('\n];', "\n  (await import('./toy.ts')).toy,\n];");

test('a toy format is one file and one line: it is printed, listed and named in the help, and the checks pass', async (t) => {
  const copy = await withCopy(t, {
    'src/report/formats/toy.ts': toy,
    'src/report/formats/index.ts': listed,
  });
  await copy.check();
  const report = (...words: readonly string[]) => copy.node('src/cli/main.ts', 'report', ...words);
  const [run, matrix, help, wrong] = await Promise.all([
    report(recordedRun('default'), '--format', 'toy'),
    report(recordedReports, '--format', 'toy'),
    report('--help'),
    report(recordedRun('default'), '--format', 'pdf'),
  ]);
  assert.deepEqual(run, { exitCode: 0, stdout: 'toy co-located-only\n', stderr: '' });
  assert.deepEqual(matrix, { exitCode: 0, stdout: 'toy 3\n', stderr: '' });
  assert.match(
    help.stdout.replace(/\s+/g, ' '),
    /text, json, junit, html or toy; .*report\.html, report\.toy there/,
  );
  assert.equal(wrong.exitCode, 64);
  assert.match(wrong.stderr, /choose from: text, json, junit, html, toy\./);
});

test('the checks bite in a copy, too: a format that imports the command line is refused', async (t) => {
  const copy = await withCopy(t, {
    'src/report/formats/toy.ts': `import '../../cli/exit.ts';\n${toy}`,
    'src/report/formats/index.ts': listed,
  });
  await assert.rejects(copy.check(), /nobody-imports-cli: src\/report\/formats\/toy\.ts/);
});
