import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { chmod, cp, mkdir, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { it } from 'node:test';
import { runRecordSchema } from '../../src/model/run-record.ts';
import { startWords } from './netdebug.ts';

const root = resolve(import.meta.dirname, '../..');
/** `nobody` and `nogroup` on Debian; any id without rights does. */
const user = 65_534;
const asUser = ['setpriv', `--reuid=${user}`, `--regid=${user}`, '--clear-groups'];

const userNamespace = ['unshare', '--user', '--map-current-user', '--keep-caps', '--net', 'true'];
const isRoot = process.getuid?.() === 0;
const permitted = isRoot && (await startWords([...asUser, ...userNamespace]).ended).exitCode === 0;
const reason = isRoot
  ? 'the kernel refuses user namespaces to an ordinary user'
  : 'the other lab tests ran as this ordinary user already';

/** The folders of these libraries, and of what they need. */
function librariesOf(names: readonly string[], known = new Set<string>()): readonly string[] {
  for (const name of names) {
    const library = join('node_modules', name);
    if (known.has(library)) continue;
    known.add(library);
    const needs = JSON.parse(readFileSync(join(root, library, 'package.json'), 'utf8')) as {
      readonly dependencies?: Readonly<Record<string, string>>;
    };
    librariesOf(Object.keys(needs.dependencies ?? {}), known);
  }
  return [...known];
}

/** Those that the sources name; the published program has them in it. */
const imported = (): string[] => {
  const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' });
  const names = sources
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) => [...readFileSync(join(root, 'src', file), 'utf8').matchAll(/ from '([a-z][a-z-]*)'/g)])
    .flatMap(([, name = '']) => (existsSync(join(root, 'node_modules', name)) ? [name] : []));
  return [...new Set(names)];
};

it(
  'an ordinary user sees the same: the co-located client is reset, nobody else',
  { skip: permitted ? false : reason },
  async (t) => {
    // The checkout may lie where that user cannot read: what is needed to run goes to a folder that they can.
    const folder = await mkdtemp(join(tmpdir(), 'netdebug-rootless-'));
    t.after(() => rm(folder, { recursive: true, force: true }));
    await chmod(folder, 0o777);
    for (const part of ['src', 'package.json', ...librariesOf(imported())]) {
      await cp(join(root, part), join(folder, part), { recursive: true });
    }
    await cp(process.execPath, join(folder, 'node'));
    const out = join(folder, 'run');
    await mkdir(out);
    await chmod(out, 0o777);

    const words = ['lab', 'run', '--json', '--out', out];
    const run = startWords(
      [...asUser, join(folder, 'node'), join(folder, 'src/cli/start.mjs'), ...words],
      folder,
    );
    const { exitCode, stdout, stderr } = await run.ended;
    assert.equal(exitCode, 0, stderr);
    const record = runRecordSchema.parse(JSON.parse(stdout));
    t.diagnostic(record.verdict.sentence);
    const missing = stderr
      .split('\n')
      .filter((line) => / (?:is missing|does not see everything): /.test(line));
    assert.ok(missing.length <= 1, missing.join('\n'));
    assert.equal(record.verdict.outcome, 'co-located-only');
    assert.deepEqual(
      record.findings.map((finding) => finding.cause),
      ['route-table-conflict'],
    );
    assert.equal((await stat(join(out, 'run.json'))).uid, user);
    assert.ok(
      (await readFile(join(out, 'evidence/node-1/ip-monitor.log'), 'utf8')).includes('Deleted 30003'),
    );
  },
);
