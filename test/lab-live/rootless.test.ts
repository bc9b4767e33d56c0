import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
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

/** The folders of all libraries that the program needs to run, and of what these need. */
function librariesOf(folder: string, known = new Set<string>()): readonly string[] {
  const needs = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    readonly dependencies?: Readonly<Record<string, string>>;
  };
  for (const name of Object.keys(needs.dependencies ?? {})) {
    const library = join('node_modules', name);
    if (known.has(library)) continue;
    known.add(library);
    librariesOf(join(root, library), known);
  }
  return [...known];
}

it(
  'an ordinary user sees the same: the co-located client is reset, nobody else',
  { skip: permitted ? false : reason },
  async (t) => {
    // The checkout may lie where that user cannot read: what is needed to run goes to a folder that they can.
    const folder = await mkdtemp(join(tmpdir(), 'netdebug-rootless-'));
    t.after(() => rm(folder, { recursive: true, force: true }));
    await chmod(folder, 0o777);
    for (const part of ['src', 'package.json', ...librariesOf(root)]) {
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
