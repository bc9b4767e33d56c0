// The program as one file, alone in a folder and with no Node.js in PATH: what starts it again must start the file, and what it reads
// must be in it.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { lackingHere } from '../../src/lab/world/kernel-parts.ts';
import { findScenario } from '../../src/lab/scenarios/index.ts';
import { runRecordSchema } from '../../src/model/run-record.ts';
import { labSkip } from '../lab-live/netdebug.ts';
import { root } from './packed.ts';

const skip = await labSkip();

interface Ended {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

describe('the single file', () => {
  let folder = '';
  let netdebug = '';
  let elsewhere = '';
  /** As a user has them, but for Node.js. */
  let env: NodeJS.ProcessEnv = {};

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'netdebug single '));
    netdebug = join(folder, 'alone', 'netdebug');
    const build = join(root, 'scripts/build-single.mjs');
    await promisify(execFile)(process.execPath, [build, '--out', netdebug]);
    elsewhere = join(folder, 'else where');
    await mkdir(elsewhere);
    env = { PATH: await programsWithoutNode(join(folder, 'programs')), HOME: elsewhere, TMPDIR: elsewhere };
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const begin = (words: readonly string[], more: NodeJS.ProcessEnv = {}) =>
    spawn(netdebug, words, { cwd: elsewhere, env: { ...env, ...more }, stdio: ['ignore', 'pipe', 'pipe'] });

  const run = (...words: readonly string[]) => runWith({}, ...words);

  function runWith(more: NodeJS.ProcessEnv, ...words: readonly string[]): Promise<Ended> {
    const child = begin(words, more);
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    return new Promise((done, failed) => {
      child.once('error', failed);
      child.once('close', (exitCode) => done({ exitCode, stdout, stderr }));
    });
  }

  it('is alone but for the licences of what is in it, and finds no Node.js', async () => {
    assert.deepEqual(readdirSync(join(folder, 'alone')).sort(), ['THIRD-PARTY-LICENSES', 'netdebug']);
    assert.match(
      await readFile(join(folder, 'alone/THIRD-PARTY-LICENSES'), 'utf8'),
      /^zod [0-9.]+ \(MIT\)$/m,
    );
    assert.equal(existsSync(join(env['PATH'] ?? '', 'node')), false);
    assert.ok((await stat(netdebug)).size < 135_000_000);
  });

  it('says its version, its help and its pages', async () => {
    const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
    assert.deepEqual(await run('--version'), { exitCode: 0, stdout: `${version}\n`, stderr: '' });
    const said = JSON.parse((await run('version', '-o', 'json', '--no-cluster')).stdout) as { node: string };
    assert.equal(said.node, process.versions.node);
    const help = await run('--help');
    assert.match(help.stdout, /^Usage: netdebug \[options\] \[command\]\n/);
    assert.deepEqual(await run('--help', '--help'), help);
    const page = await run('explain', 'conntrack-invalid');
    assert.match(page.stdout, /\n {2}To see it happen: netdebug lab run conntrack-invalid\n/);
  });

  it('loads what a command needs, and V8 takes what it compiled of that', async () => {
    const witness = join(folder, 'witness.cjs');
    await writeFile(witness, sayingScripts);
    const loaded = async (line: string) => {
      const { stderr } = await runWith({ NODE_OPTIONS: `--require "${witness}"` }, ...line.split(' '));
      return JSON.parse(stderr) as { name: string; rejected?: boolean }[];
    };
    const compiled = { rejected: false };
    for (const line of ['--help', 'version'])
      assert.deepEqual(await loaded(line), [
        { name: 'start.mjs', ...compiled },
        { name: 'quick-answers.mjs', ...compiled },
      ]);
    const listing = await loaded('lab list');
    // It sets options of V8, of which other code follows.
    const watching = await loaded('watch --help');
    for (const { name, rejected } of [...listing, ...watching]) assert.equal(rejected, false, name);
    assert.ok(listing.length < watching.length);
  });

  it('runs where V8 has other options, and takes nothing that it compiled without them', async () => {
    const { exitCode, stdout, stderr } = await runWith(
      { NODE_OPTIONS: '--stack-trace-limit=30' },
      ...['explain', 'conntrack-invalid'],
    );
    assert.deepEqual({ exitCode, stderr }, { exitCode: 0, stderr: '' });
    assert.equal(stdout, (await run('explain', 'conntrack-invalid')).stdout);
  });

  it('holds connections in several processes, each of them the file itself', async (t) => {
    const server = begin(['server', '--host', '127.0.0.1', '--port', '0', '--events', '-']);
    t.after(() => server.kill());
    const first = await new Promise<string>((done, failed) => {
      server.stdout.setEncoding('utf8').once('data', done);
      server.once('close', (code) => failed(new Error(`the server ended with ${String(code)}`)));
    });
    const { local } = JSON.parse(first.split('\n')[0] ?? '') as { local: string };
    const port = local.slice(local.lastIndexOf(':') + 1);
    const { exitCode, stdout, stderr } = await run(
      ...['client', '--host', '127.0.0.1', '--port', port, '--period', '100ms', '--connections', '2'],
      ...['--duration', '1s', '--events', '-', '--workers', '2'],
    );
    assert.equal(exitCode, 0, stderr);
    assert.match(stdout, /"answered"/);
  });

  it('reproduces the bug in the lab, writes its page, and renders it again', { skip }, async () => {
    const { exitCode, stdout, stderr } = await run('lab', 'run', '--json', '--out', 'a run');
    assert.equal(exitCode, 0, stderr);
    const record = runRecordSchema.parse(JSON.parse(stdout));
    assert.equal(record.verdict.outcome, 'co-located-only');
    const page = join(elsewhere, 'a run/report.html');
    await rm(page);
    const again = await run('report', 'a run', '--format', 'html');
    assert.equal(again.exitCode, 0, again.stderr);
    const html = await readFile(page, 'utf8');
    for (const asset of ['page.css', 'timeline.mjs'])
      assert.ok(html.includes(await readFile(join(root, 'src/report/assets', asset), 'utf8')), asset);
  });

  it("runs the mesh's parts in the lab", { skip }, async () => {
    const { exitCode, stdout, stderr } = await run(
      ...['lab', 'mesh', '--nodes', '2', '--conflict', 'none', '--duration', '3s', '--out', 'a mesh'],
    );
    assert.equal(exitCode, 0, stderr);
    assert.match(stdout, /As expected/);
  });

  it('has what was recorded where a scenario can be run, and leaves nothing of it', { skip }, async (t) => {
    if ((await lackingHere(findScenario('ipvs-entry-expired'))) === null) {
      t.skip('this kernel can run the scenario');
      return;
    }
    const { exitCode, stdout, stderr } = await run('lab', 'run', 'ipvs-entry-expired');
    assert.equal(exitCode, 2, stderr);
    assert.match(
      stdout,
      /^Recorded on another machine, and not run here:\n[^]*ipvs-entry-expired \(proven\)/,
    );
    assert.deepEqual(
      readdirSync(elsewhere).filter((name) => name.startsWith('netdebug-')),
      [],
    );
  });

  it('refuses a script of the user’s, for which there is no Node.js', async () => {
    const { exitCode, stderr } = await run(
      'lab',
      'run',
      '--workload',
      `grpc=${join(root, 'test/workloads/grpc.ts')}`,
    );
    assert.equal(exitCode, 69, stderr);
    assert.match(stderr, /^netdebug: .*needs a Node\.js of its own .*put it into PATH\.\n$/);
  });
});

/** For --require: says on stderr, when the process ends, which scripts were made, and whether V8 rejected what was compiled of each. */
const sayingScripts = `
const vm = require('node:vm');
const made = [];
vm.Script = class extends vm.Script {
  constructor(text, options) {
    super(text, options);
    made.push({ name: options.filename, rejected: this.cachedDataRejected });
  }
};
process.once('exit', () => require('node:fs').writeSync(2, JSON.stringify(made)));
`;

/** A folder with a link to each program of this machine but those of Node.js, for PATH. */
async function programsWithoutNode(folder: string): Promise<string> {
  await mkdir(folder);
  const left = new Set(['node', 'nodejs', 'npm', 'npx', 'corepack']);
  for (const from of ['/usr/sbin', '/usr/bin', '/sbin', '/bin']) {
    for (const name of readdirSync(from)) {
      if (left.has(name) || existsSync(join(folder, name))) continue;
      await symlink(join(from, name), join(folder, name)).catch(() => undefined);
    }
  }
  return folder;
}
