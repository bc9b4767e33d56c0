#!/usr/bin/env node
// The program's first file, in a checkout, in the published package and in the images alike. Plain JavaScript that an old Node.js
// can read too, and nothing is imported before the version is known to be enough: else its first words would be a stack trace.

// The first that lets a program say how often, and how many times, keep-alive asks (src/probe/keep-alive.ts).
const oldest = '24.19';

const [major, minor] = process.versions.node.split('.').map(Number);
const [oldestMajor, oldestMinor] = oldest.split('.').map(Number);
if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) {
  await import('./main.ts');
} else {
  process.stderr.write(
    `netdebug: needs Node.js ${oldest} or newer, and ${process.execPath} is ${process.version}; install a newer one, and put it first in PATH.\n`,
  );
  process.exitCode = 69;
}
