// A run's folder has one owner: no other room spells a path in it, or joins paths at all. Sentences may name its files, and so may
// an item of evidence, which says in its `file` where a line is kept.
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import ts from 'typescript';
import { fileNames } from '../../src/run-folder/layout.ts';
import { olderHalf } from '../../src/run-folder/rolling-file.ts';

const src = resolve(import.meta.dirname, '../../src');
const names: readonly string[] = [...Object.values(fileNames), olderHalf(fileNames.events)];
/** Rooms that join paths of their own: programs on PATH, and the files that a pod's service account is. */
const mayJoin = ['run-folder', 'system', 'kubernetes'];

/** The paths of a run's folder that the source spells, each as `line: text`. */
function pathsSpelt(source: string): string[] {
  const file = ts.createSourceFile('a.ts', source, ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    const text = textOf(node);
    if (text !== undefined && isPath(text, node)) {
      found.push(`${file.getLineAndCharacterOfPosition(node.getStart()).line + 1}: ${node.getText()}`);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

/** What a string says, with an x for each value in it. */
function textOf(node: ts.Node): string | undefined {
  if (ts.isStringLiteralLike(node)) return node.text;
  if (!ts.isTemplateExpression(node)) return undefined;
  return node.head.text + node.templateSpans.map(({ literal }) => `x${literal.text}`).join('');
}

function isPath(text: string, { parent }: ts.Node): boolean {
  // Where there are spaces, a user reads it.
  if (/\s/.test(text) || ts.isImportDeclaration(parent)) return false;
  if (!text.split('/').some((name) => names.includes(name))) return false;
  if (ts.isPropertyAssignment(parent) && parent.name.getText() === 'file') return false;
  // A word of its own may be a command, a volume or a class of the page; a file's name is nothing else.
  if (text !== fileNames.evidence) return true;
  return (
    ts.isBinaryExpression(parent) ||
    (ts.isCallExpression(parent) && /(^|\.)(join|resolve)$/.test(parent.expression.getText()))
  );
}

async function others(except: readonly string[]): Promise<{ path: string; text: string }[]> {
  const entries = await readdir(src, { recursive: true });
  const paths = entries.filter((path) => path.endsWith('.ts') && !except.includes(path.split('/')[0]!));
  return Promise.all(
    paths.sort().map(async (path) => ({ path, text: await readFile(join(src, path), 'utf8') })),
  );
}

test('no file outside src/run-folder spells a path in a run’s folder', async () => {
  const files = await others(['run-folder']);
  assert.ok(files.length > 300, 'the files are found');
  const spelt = files.flatMap(({ path, text }) => pathsSpelt(text).map((one) => `src/${path}:${one}`));
  assert.deepEqual(spelt, []);
});

test('no room but these joins paths', async () => {
  const joining = (await others(mayJoin)).filter(({ text }) =>
    /import (\{[^}]*\bjoin\b[^}]*\}|\*.*|\w+) from 'node:path/.test(text),
  );
  assert.deepEqual(
    joining.map(({ path }) => `src/${path}`),
    [],
  );
});

test('the check bites: every way to spell such a path is found, and what only speaks of one is not', () => {
  const paths = [
    "join(folder, 'run.json')",
    "path.resolve(folder, 'evidence')",
    "folder + 'evidence'",
    "folder + '/events.ndjson'",
    '`${folder}/evidence/${node}`',
    '`${folder}/matrix.json`',
    "const name = 'faults.log'",
    "open('evidence/notes.ndjson')",
    "f({ from: 'events.1.ndjson' })",
  ];
  const others = [
    "say('Every run leaves run.json and evidence/NODE behind.')",
    '`${folder}/run.json is missing`',
    "f({ at, file: 'events.ndjson' })",
    "new Command('evidence')",
    "volume({ name: 'evidence' })",
    "import { a } from '../run-folder/events.ndjson'",
    '// join(folder, "run.json")',
  ];
  assert.deepEqual(
    [...others, ...paths].flatMap((text) => (pathsSpelt(text).length > 0 ? [text] : [])),
    paths,
  );
});
