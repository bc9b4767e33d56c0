// Records test/recorded/runs/: a short run of each scenario in the lab, reduced to what the diagnosis reads and compressed.
//   npm run record:runs                     all of them, in about two minutes; needs what the lab needs
//   npm run record:runs -- SCENARIO...      these
// A run is kept only if it found the cause that its scenario expects and nothing else, and if it is small enough to be checked in.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { choose, findScenario, scenariosEverywhere } from '../src/lab/scenarios/index.ts';
import { runRecordSchema } from '../src/model/run-record.ts';

const root = dirname(import.meta.dirname);
const mostBytes = 300 * 1_024;

/** How many connections and how long: more where a fault takes longer to come about, or fewer connections would not tell it. */
const sizes: Partial<Record<string, readonly [connections: number, duration: string]>> = {
  'backlog-overflow': [12, '10s'],
  'duplicate-owner': [2, '8s'],
  'idle-timeout-between': [9, '14s'],
  'peer-host-gone': [2, '12s'],
  'port-clash': [2, '15s'],
  'path-mtu-black-hole': [2, '10s'],
};

/** Makes the run in the folder; throws when it did not find what its scenario expects. */
function record(name: string, folder: string): void {
  const [connections, duration] = sizes[name] ?? [2, '5s'];
  const size = ['--connections', String(connections), '--duration', duration];
  const words = ['lab', 'run', name, '--json', '--expect', 'any', ...size];
  const { status, stdout, stderr } = spawnSync(join(root, 'bin/netdebug'), [...words, '--out', folder], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${name} ended with ${status ?? 'a signal'}: ${stderr}`);
  const found = runRecordSchema.parse(JSON.parse(stdout)).findings.map(({ cause }) => cause);
  const scenario = findScenario(name);
  const expected = scenario.expectedCause(choose(scenario)) ?? '';
  if (found.join(', ') !== expected) {
    throw new Error(`${folder} found "${found.join(', ')}", and its scenario expects "${expected}"`);
  }
}

/** Writes the record, and the events compressed: packets above all say the same again and again. Returns how many bytes there are. */
function keep(run: string, folder: string): number {
  const evidence = readdirSync(join(run, 'evidence'), { withFileTypes: true });
  const nodes = evidence.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const events = ['events.ndjson', ...nodes.map((node) => `evidence/${node}/events.ndjson`)];
  const files = [
    { name: 'run.json', bytes: readFileSync(join(run, 'run.json')) },
    ...events.map((name) => ({
      ...{ name: `${name}.gz`, bytes: gzipSync(ofNoMachine(readFileSync(join(run, name), 'utf8'))) },
    })),
  ];
  const size = files.reduce((sum, { bytes }) => sum + bytes.length, 0);
  if (size > mostBytes) throw new Error(`${run} takes ${size} bytes, and ${mostBytes} are the most`);
  rmSync(folder, { recursive: true, force: true });
  for (const { name, bytes } of files) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), bytes);
  }
  return size;
}

/** The cgroups that the lab itself was started in are this machine's, and tell nothing of the run: each gets a name of no machine. */
function ofNoMachine(events: string): string {
  const paths = new Set([...events.matchAll(/"cgroup":"(\/[^"]+)"/g)].map(([, path = '']) => path));
  const foreign = [...paths].filter((path) => !path.startsWith('/netdebug-lab-'));
  // The longest first: one may be within another.
  return foreign
    .toSorted((a, b) => b.length - a.length)
    .reduce((text, path, index) => text.replaceAll(path, `/kubepods/pod-${index + 1}`), events);
}

const wanted = process.argv.slice(2);
// What was refused stays there to be looked at.
const work = mkdtempSync(join(tmpdir(), 'netdebug-record-'));
for (const { name } of wanted.length > 0 ? wanted.map(findScenario) : scenariosEverywhere) {
  const run = join(work, name);
  record(name, run);
  const size = keep(run, join(root, 'test/recorded/runs', name));
  rmSync(run, { recursive: true });
  console.error(`record-runs: ${name}, ${size} bytes`);
}
rmSync(work, { recursive: true });
