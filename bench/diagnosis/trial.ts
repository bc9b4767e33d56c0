// One run of a scenario and what a blind diagnosis says of it, with all evidence and with some of it taken away.
import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { causeModels } from '../../src/causes/index.ts';
import { diagnose } from '../../src/diagnose/diagnose.ts';
import type { NodeEvent } from '../../src/model/node-event.ts';
import type { ProbeEvent } from '../../src/model/probe-event.ts';
import type { RunRecord } from '../../src/model/run-record.ts';
import { expectedCause, type TrialSpec } from './specs.ts';

/** What of the evidence the diagnosis may see. */
export const views = {
  'all evidence': () => true,
  'no capture': (event: NodeEvent) => event.source !== 'capture',
  'no conntrack events': (event: NodeEvent) => event.source !== 'conntrack-events',
  'no rule, route and link changes': (event: NodeEvent) => event.source !== 'ip-monitor',
  'client events only': () => false,
} as const satisfies Record<string, (event: NodeEvent) => boolean>;
export type View = keyof typeof views;

interface Outcome {
  readonly view: View;
  /** The first finding's cause; null when there is none. */
  readonly cause: string | null;
  readonly confidence: number;
  readonly findings: number;
  readonly milliseconds: number;
}

export interface Trial extends TrialSpec {
  readonly expected: string | null;
  /** The run's own verdict. */
  readonly outcome: string;
  readonly resets: number;
  /** Connections that failed in any way. */
  readonly failures: number;
  /** Of the diagnosis, one per view. */
  readonly outcomes: readonly Outcome[];
}

const program = resolve(import.meta.dirname, '../../bin/netdebug');

/** Runs the scenario in a folder of its own, which is removed. Throws when the run itself fails. */
export async function runTrial(spec: TrialSpec): Promise<Trial> {
  const folder = await mkdtemp(join(tmpdir(), 'netdebug-trial-'));
  try {
    const out = join(folder, 'run');
    await start([...wordsOf(spec), '--out', out], spec.conditions === 'rootless', folder);
    const record = JSON.parse(await readFile(join(out, 'run.json'), 'utf8')) as RunRecord;
    const probes = await readLines<ProbeEvent>(join(out, 'events.ndjson'));
    const nodes = (
      await Promise.all((await nodeFiles(out)).map((file) => readLines<NodeEvent>(file)))
    ).flat();
    return {
      ...spec,
      expected: expectedCause(spec),
      outcome: record.verdict.outcome,
      resets: record.classes.reduce((sum, { resets }) => sum + resets, 0),
      failures: probes.filter((event) => event.event === 'failed').length,
      outcomes: (Object.keys(views) as View[]).map((view) => look(view, probes, nodes)),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function wordsOf({ scenario, variant, fix, seed, durationMs, words }: TrialSpec): string[] {
  const cure = fix === null ? [] : ['--fix', fix];
  const length = ['--duration', `${durationMs}ms`, '--expect', 'any'];
  return ['lab', 'run', scenario, '--variant', variant, ...cure, '--seed', String(seed), ...words, ...length];
}

function look(view: View, probes: readonly ProbeEvent[], nodes: readonly NodeEvent[]): Outcome {
  const allowed = nodes.filter(views[view]);
  const said = view === 'client events only' ? probes.filter((event) => event.role === 'client') : probes;
  const begun = performance.now();
  const findings = diagnose({ probes: said, nodes: allowed }, causeModels);
  const [first] = findings;
  return {
    view,
    cause: first?.cause ?? null,
    confidence: first?.confidence ?? 0,
    findings: findings.length,
    milliseconds: performance.now() - begun,
  };
}

async function nodeFiles(out: string): Promise<string[]> {
  const entries = await readdir(join(out, 'evidence'), { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(out, 'evidence', entry.name, 'events.ndjson'));
}

async function readLines<T>(file: string): Promise<T[]> {
  const lines = (await readFile(file, 'utf8')).split('\n').filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line) as T);
}

async function start(words: readonly string[], rootless: boolean, folder: string): Promise<void> {
  const asNobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];
  const [file = '', ...args] = [...(rootless ? asNobody : []), program, ...words];
  if (rootless) await handOver(folder);
  const child = spawn(file, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const code = await new Promise<number | null>((done, failed) => {
    child.once('error', failed);
    child.once('close', done);
  });
  if (code !== 0) throw new Error(`${words.join(' ')} ended with ${String(code)}: ${stderr.slice(-500)}`);
}

async function handOver(folder: string): Promise<void> {
  const { chown } = await import('node:fs/promises');
  await chown(folder, 65_534, 65_534);
}
