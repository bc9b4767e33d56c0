// One run of a scenario and what a blind diagnosis says of it from each view.
import { spawn } from 'node:child_process';
import { chown, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { findScenario } from '../../src/lab/scenarios/index.ts';
import type { AddressBlock } from '../../src/lab/world/address-blocks.ts';
import type { NodeEvent } from '../../src/model/node-event.ts';
import type { ProbeEvent } from '../../src/model/probe-event.ts';
import { runRecordSchema } from '../../src/model/run-record.ts';
import { watchLogFile } from '../../src/run-folder/layout.ts';
import type { Trial } from './ledger.ts';
import { choiceOf, durationMsOf, wordsUnder, workloadWord, type TrialSpec } from './specs.ts';
import { views, viewsUnder, type RunEvidence } from './views.ts';
import { readWatched } from './watched.ts';

const program = resolve(import.meta.dirname, '../../bin/netdebug');

/** The flags of `lab run`, as its help names them. */
export async function labRunFlags(): Promise<ReadonlySet<string>> {
  const { stdout } = await start(['lab', 'run', '--help']);
  return new Set(stdout.match(/--[a-z-]+/g));
}

/**
 * Runs the scenario in a folder of its own, which is removed. A run that the lab refuses as wrong usage comes back as that; throws
 * when it fails otherwise.
 * @param block No run beside it may have the same: each node's kernel events would no longer be its own, as on a real node they are.
 */
export async function runTrial(spec: TrialSpec, block: AddressBlock): Promise<Trial> {
  const folder = await mkdtemp(join(tmpdir(), 'netdebug-trial-'));
  try {
    if (spec.condition === 'rootless') await chown(folder, nobody, nobody);
    const out = join(folder, 'run');
    const words = [...wordsOf(spec), '--address-block', String(block), '--out', out];
    const longest = durationMsOf(spec) + longestBesidesMs;
    const { code, stderr } = await start(words, spec.condition === 'rootless', longest);
    const nothing = { outcome: '', resets: 0, failures: 0, milliseconds: 0, answers: {} };
    if (code === 64) return { ...spec, refused: stderr.trim().split('\n').at(-1) ?? '', ...nothing };
    if (code !== 0)
      throw new Error(
        `"netdebug lab run" ended with ${code === null ? 'a signal' : code}: ${stderr.slice(-500)}`,
      );
    return { ...spec, ...(await lookInto(out, spec)) };
  } catch (error) {
    // The reason is kept with the sources, where the name of a folder that is gone tells nothing.
    if (error instanceof Error) error.message = error.message.replaceAll(folder, '');
    throw error;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function lookInto(out: string, spec: TrialSpec): Promise<Omit<Trial, keyof TrialSpec>> {
  const record = runRecordSchema.parse(JSON.parse(await readFile(join(out, 'run.json'), 'utf8')));
  const probes = await readLines<ProbeEvent>(join(out, 'events.ndjson'));
  const nodes = (await Promise.all((await nodeFiles(out)).map((file) => readLines<NodeEvent>(file)))).flat();
  const setup = findScenario(spec.scenario).setup(choiceOf(spec));
  const isWatched = wordsUnder[spec.condition]?.includes('--watch') === true;
  const watched = (isWatched ? setup.topology.nodes : []).map(
    async ({ name }) => [name, readWatched(await readFile(watchLogFile(out, name), 'utf8'))] as const,
  );
  const evidence: RunEvidence = { probes, nodes, setup, watched: new Map(await Promise.all(watched)) };
  let milliseconds = 0;
  const answers = viewsUnder[spec.condition].map((view) => {
    const begun = performance.now();
    const answers = views[view](evidence);
    if (view === 'all witnesses') milliseconds = Math.round(performance.now() - begun);
    return [view, answers] as const;
  });
  return {
    outcome: record.verdict.outcome,
    resets: record.classes.reduce((sum, { resets }) => sum + resets, 0),
    failures: probes.filter((event) => event.event === 'failed').length,
    milliseconds,
    answers: Object.fromEntries(answers),
  };
}

function wordsOf(spec: TrialSpec): string[] {
  const { condition, scenario, variant, fix, workload, seed } = spec;
  const cure = fix === null ? [] : ['--fix', fix];
  const whose = workload === null ? [] : ['--workload', workloadWord(workload)];
  const length = ['--duration', `${durationMsOf(spec)}ms`, '--expect', 'any'];
  const more = wordsUnder[condition] ?? [];
  const which = [scenario, '--variant', variant, ...cure, '--seed', String(seed)];
  return ['lab', 'run', ...which, ...whose, ...more, ...length];
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

const nobody = 65_534;
/** Far more than building, reading and tidying up take: a run that hangs is one that failed, and must not hold up the others. */
const longestBesidesMs = 5 * 60_000;

async function start(
  words: readonly string[],
  rootless = false,
  atMostMs?: number,
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const asNobody = ['setpriv', `--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups'];
  const [file = '', ...args] = [...(rootless ? asNobody : []), program, ...words];
  const limit = atMostMs === undefined ? {} : { timeout: atMostMs, killSignal: 'SIGTERM' as const };
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'], ...limit });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const code = await new Promise<number | null>((done, failed) => {
    child.once('error', failed);
    child.once('close', done);
  });
  return { code, stdout, stderr };
}
