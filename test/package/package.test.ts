// What npm would publish holds all that runs, and nothing else; laid out as npm does it, the program starts, knows its name, and
// finds its files. test/package/installed.long.test.ts has npm itself install it.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chown, cp, mkdir, readdir, readFile, symlink } from 'node:fs/promises';
import { globSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { noTerminal, onTerminalOf } from '../on-terminal.ts';
import { noOldNode, oldNode } from './old-node.ts';
import { layOut, ownPath, pack, root, type Packed } from './packed.ts';

let packed: Packed;
/** The link in the prefix's bin, as it is in PATH. */
let netdebug = '';
/** Where the package lies. */
const home = () => join(packed.folder, 'a prefix/lib/node_modules/netdebug');

before(async () => {
  packed = await pack();
  netdebug = await layOut(packed, join(packed.folder, 'a prefix'));
});
after(() => packed.remove());

interface Ended {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Nothing of the environment leads to the checkout but the Node.js in PATH; compiled code is kept between the starts. */
const env = () => ({
  PATH: ownPath(),
  HOME: packed.folder,
  NODE_COMPILE_CACHE: join(packed.folder, 'compiled'),
});

/** Runs a command line elsewhere than in the checkout, with a PATH of its own. */
function start(
  file: string,
  words: readonly string[],
  path = ownPath(),
  more: NodeJS.ProcessEnv = {},
): Promise<Ended> {
  const child = spawn(file, [...words], {
    ...{ cwd: packed.folder, stdio: ['ignore', 'pipe', 'pipe'] },
    env: { ...env(), PATH: path, ...more },
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  return new Promise((done, failed) => {
    child.once('error', failed);
    child.once('close', (exitCode) => done({ exitCode, stdout, stderr }));
  });
}

const run = (...words: readonly string[]) => start(netdebug, words);

describe('the package', () => {
  test('has the program bundled: what it starts with, and pieces that all are loaded by another', async () => {
    const dist = packed.files.filter((file) => file.startsWith('dist/'));
    const texts = await Promise.all(dist.map((file) => readFile(join(home(), file), 'utf8')));
    const all = texts.join('\n');
    const begins = ['dist/THIRD-PARTY-LICENSES', 'dist/cli/start.mjs'];
    for (const file of begins) assert.ok(dist.includes(file), file);
    for (const file of dist.filter((one) => !begins.includes(one))) {
      assert.match(file, /^dist\/cli\/[a-z-]+(-[0-9A-Z]{8})?\.mjs$/);
      assert.ok(all.includes(`"./${basename(file)}"`), file);
    }
  });

  test('needs nothing beside itself: no dependencies, and no import but of its own pieces and of Node.js', async () => {
    const manifest = JSON.parse(await readFile(join(home(), 'package.json'), 'utf8')) as object;
    for (const kind of ['dependencies', 'optionalDependencies', 'peerDependencies', 'bundleDependencies'])
      assert.ok(!(kind in manifest), kind);
    for (const file of packed.files.filter((one) => one.endsWith('.mjs'))) {
      const text = await readFile(join(home(), file), 'utf8');
      for (const [, from = ''] of text.matchAll(/(?:^|[;}])(?:import|export)\b[^;"']*["']([^"']+)["']/gm))
        assert.match(from, /^(\.\/[\w-]+\.mjs|node:\w+)$/, file);
    }
  });

  test('begins with a file that imports nothing, so that a Node.js that is too old can read it', async () => {
    const text = await readFile(join(home(), 'dist/cli/start.mjs'), 'utf8');
    assert.doesNotMatch(text, /(^|[;}])(import|export)\b(?!\()/m);
    assert.match(text, /import\("\.\/main-/);
  });

  test('brings the licences of the libraries in it', async () => {
    const text = await readFile(join(home(), 'dist/THIRD-PARTY-LICENSES'), 'utf8');
    for (const name of [
      'commander',
      'zod',
      'prom-client',
      'string-width',
      'wrap-ansi',
      'get-east-asian-width',
    ]) {
      const installed = await readFile(join(root, 'node_modules', name, 'package.json'), 'utf8');
      const { version, license } = JSON.parse(installed) as { version: string; license: string };
      assert.ok(text.includes(`\n${name} ${version} (${license})\n\n`), name);
    }
    assert.match(text, /Apache License[^]*Permission is hereby granted, free of charge/);
  });

  test('has the manifests, rules, dashboards and pages that README and docs lead to', () => {
    // The pictures of docs/report.md are as large as all the rest.
    const left = 'docs/pictures/report-*';
    const wanted = globSync(['manifests/**/*.*', 'docs/**/*.*'], { cwd: root, exclude: [left] });
    assert.ok(wanted.includes('docs/pictures/report.webp'));
    assert.ok(wanted.length > 40);
    const shipped = packed.files.filter((file) => /^(manifests|docs)\//.test(file));
    assert.deepEqual(shipped.sort(), wanted.sort());
  });

  test('has nothing else: no sources, tests, scripts, or starter of a checkout', () => {
    const rest = packed.files.filter((file) => !/^(dist|manifests|docs|recordings)\//.test(file));
    assert.deepEqual(rest.sort(), ['CHANGELOG.md', 'LICENSE', 'README.md', 'package.json']);
  });

  test('is small', (t) => {
    t.diagnostic(`${packed.size} bytes, unpacked ${packed.unpackedSize}`);
    assert.ok(packed.size < 1_000_000 && packed.unpackedSize < 4_000_000);
  });
});

describe('installed in a folder with blanks, netdebug', () => {
  test('starts through the link, a link to the link, and by its file', async () => {
    const again = join(packed.folder, 'elsewhere too', 'nd');
    await mkdir(dirname(again));
    await symlink(netdebug, again);
    const file = join(home(), 'dist/cli/start.mjs');
    const answers = [await run('--help'), await start(again, ['--help']), await start(file, ['--help'])];
    for (const { exitCode, stdout, stderr } of answers) {
      assert.equal(exitCode, 0, stderr);
      assert.match(stdout, /^Usage: netdebug \[options\] \[command\]\n/);
    }
  });

  test('keeps what it compiled in its user’s own folder, and nowhere else', async () => {
    const kept = async (name: string, more: Record<string, string>) => {
      const HOME = join(packed.folder, name);
      await mkdir(HOME, { recursive: true });
      const { exitCode, stderr } = await start(netdebug, ['lab', 'list'], ownPath(), {
        ...{ HOME, NODE_COMPILE_CACHE: undefined, TMPDIR: HOME },
        ...more,
      });
      assert.equal(exitCode, 0, stderr);
      const entries = await readdir(HOME, { recursive: true, withFileTypes: true });
      return entries.filter((entry) => entry.isFile());
    };
    const files = await kept('a home', {});
    assert.ok(files.length > 3, String(files.length));
    for (const { parentPath } of files) assert.match(parentPath, /\/a home\/\.cache\/netdebug\//);
    assert.deepEqual(await kept('a home off', { NODE_DISABLE_COMPILE_CACHE: '1' }), []);
    assert.deepEqual(await kept('nobody’s', { HOME: '' }), []);
    assert.deepEqual(await kept('no home', { HOME: '/nonexistent' }), []);
    const other = join(packed.folder, 'another home');
    await mkdir(other);
    if (process.getuid?.() !== 0) return;
    await chown(other, 65_534, 65_534);
    assert.deepEqual(await kept('another home', {}), []);
  });

  test('answers at once what the commands would answer', async () => {
    // One word more, and they are loaded for it.
    for (const word of ['--help', '-h', '-V', '--version'])
      assert.deepEqual(await run(word), await run(word, word), word);
    assert.deepEqual(await run('help'), await run('--help'));
    assert.match((await run('version')).stdout, /^netdebug [0-9.]+, commit unknown\nNode\.js .+ on .+\n$/);
  });

  test(
    'breaks the lines of its help, which was made when it was built, as the commands would',
    { skip: noTerminal },
    async () => {
      const texts = new Set<string>();
      for (const columns of [30, 72, 80, 110, 200]) {
        const typed = (...words: string[]) => {
          const [file = '', ...rest] = onTerminalOf(columns, [netdebug, ...words]);
          return start(file, rest);
        };
        const quick = await typed('--help');
        assert.match(quick.stdout, /^Usage: netdebug \[options\] \[command\]\r\n/);
        assert.deepEqual(quick, await typed('--help', '--help'), `${columns} columns`);
        texts.add(quick.stdout);
      }
      // Too narrow a terminal is as good as one that is wide enough.
      assert.equal(texts.size, 4);
    },
  );

  test('says its version, and the commit that it was built from as far as it is known', async () => {
    const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
    assert.equal((await run('--version')).stdout, `${version}\n`);
    const { exitCode, stdout } = await run('version', '--json');
    assert.equal(exitCode, 0);
    const { commit, ...said } = JSON.parse(stdout) as Record<string, string | null>;
    assert.equal(said['version'], version);
    assert.equal(said['node'], process.versions.node);
    // Packed from a copy without a repository, inside of which it must not take somebody else's.
    assert.equal(commit, null);
  });

  test('loads every command, and none of their help names a file of the checkout', async () => {
    const commands = [
      ...[
        'server',
        'client',
        'lab run',
        'lab matrix',
        'lab mesh',
        'lab list',
        'lab exec',
        'watch',
        'observe',
        'explain',
      ],
      ...['doctor', 'diagnose', 'report', 'version', 'cluster preflight', 'cluster run', 'cluster cleanup'],
      ...['mesh coordinator', 'mesh agent', 'mesh server', 'mesh evidence', 'mesh status'],
    ];
    for (const command of commands) {
      const { exitCode, stdout, stderr } = await run(...command.split(' '), '--help');
      assert.equal(exitCode, 0, `${command}: ${stderr}`);
      assert.ok(stdout.startsWith(`Usage: netdebug ${command} `), stdout);
      assert.doesNotMatch(stdout, /bin\/netdebug/, command);
    }
  });

  test('explains, lists the scenarios, and advises itself by the name that it has here', async () => {
    const page = await run('explain', 'conntrack-invalid');
    assert.match(page.stdout, /\n {2}To see it happen: netdebug lab run conntrack-invalid\n/);
    assert.match((await run('lab', 'list')).stdout, /^gke-intranode-policy \(default\)$/m);
    const doctor = await run('doctor');
    assert.match(doctor.stdout, /\nThe lab can run here: netdebug lab run\n$|\nThe lab cannot run here/);
  });

  test('has what was recorded where a scenario can be run, and finds its cause', async () => {
    const { exitCode, stdout } = await run('diagnose', join(home(), 'recordings/ipvs-entry-expired'));
    assert.equal(exitCode, 0);
    assert.match(stdout, /^ {2}why {3}ipvs-entry-expired \(proven\)/m);
  });

  test('renders the page of a run with its style and scripts', async () => {
    const folder = join(packed.folder, 'a run');
    await cp(join(root, 'test/recorded/report/default'), folder, { recursive: true });
    const { exitCode, stderr } = await run('report', folder, '--format', 'html');
    assert.equal(exitCode, 0, stderr);
    const page = await readFile(join(folder, 'report.html'), 'utf8');
    for (const asset of ['page.css', 'timeline.mjs'])
      assert.ok(page.includes(await readFile(join(root, 'src/report/assets', asset), 'utf8')), asset);
  });

  test('holds a connection, in several processes too', async (t) => {
    const server = spawn(netdebug, ['server', '--host', '127.0.0.1', '--port', '0', '--events', '-'], {
      ...{ cwd: packed.folder, stdio: ['ignore', 'pipe', 'inherit'] },
      env: env(),
    });
    t.after(() => server.kill());
    const first = await new Promise<string>((done, failed) => {
      server.stdout.setEncoding('utf8').once('data', done);
      server.once('close', (code) => failed(new Error(`the server ended with ${String(code)}`)));
    });
    const { local } = JSON.parse(first.split('\n')[0] ?? '') as { local: string };
    const port = local.slice(local.lastIndexOf(':') + 1);
    for (const workers of ['1', '2']) {
      const { exitCode, stdout, stderr } = await run(
        ...['client', '--host', '127.0.0.1', '--port', port, '--period', '100ms', '--connections', '2'],
        ...['--duration', '1s', '--events', '-', '--workers', workers],
      );
      assert.equal(exitCode, 0, stderr);
      assert.match(stdout, /"answered"/);
    }
  });
});

describe('on a Node.js that is too old, one sentence says so and the exit code is 69:', () => {
  const skip = oldNode === null ? noOldNode : false;
  const { file: old, version } = oldNode ?? { file: '', version: '' };
  /** PATH with nothing newer. */
  let path = '';
  before(async () => {
    const folder = join(packed.folder, 'old');
    await mkdir(folder);
    if (old !== '') await symlink(old, join(folder, 'node'));
    path = `${folder}:/usr/bin:/bin`;
  });

  test('the installed program', { skip }, async () => {
    for (const words of [[], ['--help'], ['lab', 'run']]) {
      const { exitCode, stdout, stderr } = await start(netdebug, words, path);
      assert.match(
        stderr,
        /^netdebug: needs Node\.js 24\.19 or newer, and \/.+ is v[0-9.]+; install a newer one, and put it first in PATH\.\n$/,
      );
      assert.ok(stderr.includes(version));
      assert.deepEqual({ exitCode, stdout }, { exitCode: 69, stdout: '' });
    }
  });

  test(
    'a checkout without its packages, whose starter takes the pinned Node.js once it is there',
    { skip },
    async () => {
      const checkout = join(packed.folder, 'a checkout');
      for (const part of ['bin', 'src', 'package.json'])
        await cp(join(root, part), join(checkout, part), { recursive: true });
      const starter = join(checkout, 'bin/netdebug');
      assert.deepEqual(await start(starter, ['--help'], path), {
        exitCode: 69,
        stdout: '',
        stderr: `netdebug: needs Node.js 24.19 or newer; install it, or run 'npm ci' in ${checkout} to get the pinned one.\n`,
      });
      await symlink(join(root, 'node_modules'), join(checkout, 'node_modules'));
      const { exitCode, stdout, stderr } = await start(starter, ['lab', 'list'], path);
      assert.equal(exitCode, 0, stderr);
      assert.match(stdout, /^gke-intranode-policy/m);
    },
  );
});
