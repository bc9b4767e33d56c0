// How long the lab takes to build 50 nodes with 200 pods and to take them away, against mininet with 200 hosts, taking turns.
//   npm run bench:world -- [--rounds N]
// mininet is Debian's package of that name (apt-get install mininet); without it only our own time is printed. Needs root.
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { median } from './probing/spread.ts';

const { values: flags } = parseArgs({ options: { rounds: { type: 'string', default: '5' } } });
const own = [
  resolve(import.meta.dirname, '../bin/netdebug'),
  'lab',
  'mesh',
  '--nodes',
  '50',
  '--pods-per-node',
  '4',
  '--no-programs',
];
// All hosts on one Linux bridge: the quickest of its ways to have 200 of them.
const theirs = ['mn', '--switch', 'lxbr', '--topo', 'single,200', '--controller', 'none', '--test', 'none'];

const hasMininet = spawnSync('mn', ['--version']).status === 0;
const times = { own: [] as number[], theirs: [] as number[] };
for (let round = 1; round <= Number(flags.rounds); round++) {
  times.own.push(secondsOf(own));
  if (hasMininet) times.theirs.push(secondsOf(theirs));
  process.stderr.write(
    `round ${round}: ${times.own.at(-1)?.toFixed(2) ?? ''} s, mininet ${times.theirs.at(-1)?.toFixed(2) ?? '-'} s\n`,
  );
}
const ours = median(times.own);
process.stdout.write(
  `50 nodes with 200 pods up and down: ${ours.toFixed(2)} s (median of ${times.own.length})\n`,
);
if (hasMininet) {
  const ratio = ours / median(times.theirs);
  const verdict = ratio <= 1 / 3 ? 'met' : 'missed';
  process.stdout.write(
    `mininet, 200 hosts up and down: ${median(times.theirs).toFixed(2)} s; ratio ${ratio.toFixed(2)} (limit 0.33: ${verdict})\n`,
  );
} else {
  process.stdout.write(
    'mininet is not installed, so there is nothing to compare with: apt-get install mininet\n',
  );
}

function secondsOf([file = '', ...args]: readonly string[]): number {
  const startMs = performance.now();
  const { status, stderr } = spawnSync(file, args, { encoding: 'utf8', timeout: 120_000 });
  if (status !== 0) throw new Error(`${file} ended with ${String(status)}: ${stderr}`);
  return (performance.now() - startMs) / 1_000;
}
