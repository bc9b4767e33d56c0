// Runs inside a private mount namespace: a command whose files lie on a small disk that is filled, and maybe emptied, at given moments.
//   full-disk-inside.ts SPEC    a FullDiskSpec as JSON; prints what came of it as one line of JSON
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, cpSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';

export interface FullDiskSpec {
  /** Where the disk is mounted. */
  readonly disk: string;
  /** What is copied onto it first; null for an empty one. */
  readonly from: string | null;
  readonly argv: readonly string[];
  /** Counted from when the command has said this on stderr; null: from its start. */
  readonly since: string | null;
  readonly fillAfterMs: number;
  /** Null when it stays full. */
  readonly emptyAfterMs: number | null;
  /** Null when it ends by itself; counted like `fillAfterMs`. */
  readonly signalAfterMs: number | null;
  /** Where the disk's files are copied to at the end. */
  readonly to: string;
}

export interface FullDiskResult {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Whether it was filled before the command had ended. */
  readonly filled: boolean;
}

const spec = JSON.parse(process.argv[2] ?? '') as FullDiskSpec;
const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', spec.disk]);
if (mounted.status !== 0) throw new Error(mounted.stderr.toString());
if (spec.from !== null) cpSync(spec.from, join(spec.disk, 'run'), { recursive: true });

const ballast = join(spec.disk, 'ballast');
let filled = false;
function fill(): void {
  const fd = openSync(ballast, 'w');
  try {
    for (;;) writeSync(fd, Buffer.alloc(65_536));
  } catch {
    filled = true;
  }
  closeSync(fd);
}

const [file = '', ...words] = spec.argv;
const child = spawn(file, words, { stdio: ['ignore', 'pipe', 'pipe'] });
let stdout = '';
let stderr = '';
const timers: NodeJS.Timeout[] = [];
let begun = false;
const begin = () => {
  begun = true;
  timers.push(setTimeout(fill, spec.fillAfterMs));
  if (spec.emptyAfterMs !== null) {
    timers.push(setTimeout(() => rmSync(ballast, { force: true }), spec.emptyAfterMs));
  }
  if (spec.signalAfterMs !== null) timers.push(setTimeout(() => child.kill('SIGINT'), spec.signalAfterMs));
};
if (spec.since === null) begin();
child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
child.stderr.setEncoding('utf8').on('data', (text: string) => {
  stderr += text;
  if (!begun && spec.since !== null && stderr.includes(spec.since)) begin();
});
const [exitCode] = (await once(child, 'close')) as [number | null];
for (const timer of timers) clearTimeout(timer);
rmSync(ballast, { force: true });
cpSync(spec.disk, spec.to, { recursive: true });
writeFileSync(1, `${JSON.stringify({ exitCode, stdout, stderr, filled } satisfies FullDiskResult)}\n`);
