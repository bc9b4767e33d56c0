#!/usr/bin/env node
// The program's first file, in a checkout, in the published package and in the images alike. Plain JavaScript that an old Node.js
// can read too, and nothing is imported before the version is known to be enough: else its first words would be a stack trace.

// The first that lets a program say how often, and how many times, keep-alive asks (src/probe/keep-alive.ts).
const oldest = '24.19';

/** Commands that run on a node beside what it is for. */
const longRunning = new Set(['watch', 'observe']);

/** Whole command lines that need no library to be read (src/cli/quick-answers.ts). */
const quick = new Set(['--help', '-h', 'help', '--version', '-V', 'version']);

/** The sources, and the single file, which has what was compiled in it, are none. */
const isBundle = /[/]dist[/]cli[/]start[.]mjs$/.test(import.meta.url);

const [major, minor] = process.versions.node.split('.').map(Number);
const [oldestMajor, oldestMinor] = oldest.split('.').map(Number);
if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) {
  begin(process.argv.slice(2));
} else {
  process.stderr.write(
    `netdebug: needs Node.js ${oldest} or newer, and ${process.execPath} is ${process.version}; install a newer one, and put it first in PATH.\n`,
  );
  process.exitCode = 69;
}

/** No "await" outside of a function: an old Node.js cannot read that, and neither can the single file, which is CommonJS. */
async function begin(argv) {
  if (argv.length === 1 && quick.has(argv[0])) {
    const { answer } = await import('./quick-answers.ts');
    if (await answer(argv[0])) return;
  }
  keepCompiled();
  if (longRunning.has(argv.find((word) => !word.startsWith('-')))) await keepHeapSmall();
  const { main } = await import('./main.ts');
  await main(argv);
}

/**
 * What a bundle has compiled is kept for its next start, which is then sooner by a tenth, unless NODE_COMPILE_CACHE says where or
 * NODE_DISABLE_COMPILE_CACHE that not. The folder must be its user's alone: whoever writes there decides what is run. Below sudo the home may be
 * another user's, and Node.js's own place, /tmp, is everybody's. A checkout's starter has its own.
 */
function keepCompiled() {
  const { HOME, XDG_CACHE_HOME } = process.env;
  const above = XDG_CACHE_HOME || HOME;
  if (!isBundle || !above) return;
  const { statSync } = process.getBuiltinModule('node:fs');
  const { uid } = statSync(above, { throwIfNoEntry: false }) || {};
  if (uid !== process.getuid()) return;
  const folder = XDG_CACHE_HOME ? `${above}/netdebug` : `${above}/.cache/netdebug`;
  process.getBuiltinModule('node:module').enableCompileCache(folder);
}

/**
 * A watcher makes much that is soon let go of, for which Node.js would rather take more memory than tidy up. Set like this it has half as much
 * beside 10,000 connections, and judging a storm of losses takes it half as long again. Both are read whenever the heap would grow, so
 * that it is enough to set them before anything else is loaded, and nothing has to be started anew.
 */
async function keepHeapSmall() {
  const { setFlagsFromString } = await import('node:v8');
  // The part of the heap for what is new stays as large as it begins, and the other grows by half, not by several times.
  setFlagsFromString('--semi-space-growth-factor=1');
  setFlagsFromString('--heap-growing-percent=50');
}
