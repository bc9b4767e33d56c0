// npm installs the package under a prefix of its own, and the program runs from there, far from the checkout: a run in the lab, its
// page, a mesh, and the manifests.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { parse } from 'yaml';
import { runRecordSchema } from '../../src/model/run-record.ts';
import { labSkip } from '../lab-live/netdebug.ts';
import { npm, ownPath, pack, root, type Packed } from './packed.ts';

const skip = await labSkip();

interface Ended {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

describe('installed by npm, netdebug', () => {
  let packed: Packed;
  let elsewhere = '';
  let netdebug = '';
  let home = '';
  let asBefore: Record<string, number> = {};

  before(async () => {
    packed = await pack();
    const prefix = join(packed.folder, 'a prefix');
    const words = ['install', '--global', '--prefix', prefix, '--offline', '--no-audit', '--no-fund'];
    await npm([...words, packed.tarball], packed.folder);
    home = join(prefix, 'lib/node_modules/netdebug');
    netdebug = join(prefix, 'bin/netdebug');
    elsewhere = join(packed.folder, 'else where');
    await mkdir(elsewhere);
    asBefore = await times(root);
  });
  after(() => packed.remove());

  function run(...words: readonly string[]): Promise<Ended> {
    const child = spawn(netdebug, words, {
      ...{ cwd: elsewhere, stdio: ['ignore', 'pipe', 'pipe'] },
      env: { PATH: ownPath(), HOME: packed.folder },
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    return new Promise((done, failed) => {
      child.once('error', failed);
      child.once('close', (exitCode) => done({ exitCode, stdout, stderr }));
    });
  }

  it('is alone: nothing else is installed for it', async () => {
    assert.deepEqual(await readdir(join(home, '..')), ['netdebug']);
    assert.ok(!(await readdir(home)).includes('node_modules'));
  });

  it('explains', async () => {
    const { exitCode, stdout, stderr } = await run('explain', 'route-table-conflict');
    assert.equal(exitCode, 0, stderr);
    assert.match(stdout, /^route-table-conflict: /);
  });

  it('reproduces the bug in the lab, writes its page, and renders it again', { skip }, async () => {
    const { exitCode, stdout, stderr } = await run('lab', 'run', '--json', '--out', 'a run');
    assert.equal(exitCode, 0, stderr);
    const record = runRecordSchema.parse(JSON.parse(stdout));
    assert.equal(record.verdict.outcome, 'co-located-only');
    assert.deepEqual(
      record.findings.map(({ cause }) => cause),
      ['route-table-conflict'],
    );
    const page = join(elsewhere, 'a run/report.html');
    assert.match(await readFile(page, 'utf8'), /^<!doctype html>/i);
    await rm(page);
    const again = await run('report', 'a run', '--format', 'html');
    assert.equal(again.exitCode, 0, again.stderr);
    assert.match(await readFile(page, 'utf8'), /^<!doctype html>/i);
  });

  it("runs the mesh's parts in the lab", { skip }, async () => {
    const { exitCode, stdout, stderr } = await run(
      ...['lab', 'mesh', '--nodes', '2', '--conflict', 'none', '--duration', '3s', '--out', 'a mesh'],
    );
    assert.equal(exitCode, 0, stderr);
    assert.match(stdout, /As expected/);
  });

  it('brings manifests that are whole: every file that a kustomization names is there', async () => {
    const { stdout } = spawnSync('find', [join(home, 'manifests'), '-name', 'kustomization.yaml'], {
      encoding: 'utf8',
    });
    const files = stdout.trim().split('\n');
    assert.ok(files.length >= 8, stdout);
    for (const file of files) {
      const { resources = [], components = [] } = parse(await readFile(file, 'utf8')) as {
        resources?: string[];
        components?: string[];
      };
      for (const named of [...resources, ...components]) await stat(join(file, '..', named));
    }
  });

  it('leaves the checkout and its own folder as they were', async () => {
    assert.deepEqual(await times(root), asBefore);
    assert.deepEqual((await readdir(elsewhere)).sort(), skip === false ? ['a mesh', 'a run'] : []);
  });
});

/** When each file was written last; not of what other tests write. */
async function times(folder: string): Promise<Record<string, number>> {
  const names = ['src', 'bin', 'manifests', 'docs', 'scripts', 'package.json', 'dist'];
  const found: Record<string, number> = {};
  for (const name of names) {
    const top = join(folder, name);
    const about = await stat(top).catch(() => null);
    if (about === null) continue;
    found[name] = about.mtimeMs;
    if (!about.isDirectory()) continue;
    for (const entry of await readdir(top, { recursive: true }))
      found[join(name, entry)] = (await stat(join(top, entry))).mtimeMs;
  }
  return found;
}
