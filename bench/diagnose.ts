// The benchmark of truth: runs every scenario and variant with several seeds, diagnoses blind and counts.
//   npm run bench:diagnose -- --seeds 20                        everything; writes docs/diagnosis.md
//   npm run bench:diagnose -- --seeds 2 --only policy-reject    a part; prints and writes nothing
//   --rootless-seeds N (as an ordinary user; needs root to change to one)   --jobs N (runs at once)   --duration MS
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { scenarios } from '../src/lab/scenarios/index.ts';
import { accuracy, confusionPicture, renderPage } from './diagnosis/page.ts';
import type { Judged } from './diagnosis/page.ts';
import { runTrial } from './diagnosis/trial.ts';
import type { TrialSpec, View } from './diagnosis/trial.ts';
import { views } from './diagnosis/trial.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '20' },
    'rootless-seeds': { type: 'string', default: '0' },
    'first-seed': { type: 'string', default: '101' },
    jobs: { type: 'string', default: '2' },
    duration: { type: 'string', default: '0' },
    only: { type: 'string', multiple: true, default: [] },
  },
});
const chosen = scenarios.filter(({ name }) => values.only.length === 0 || values.only.includes(name));

function specs(seeds: number, rootless: boolean): TrialSpec[] {
  return Array.from({ length: seeds }, (_, index) => Number(values['first-seed']) + index).flatMap((seed) =>
    chosen.flatMap(({ name, variants, defaults }) =>
      variants.map((variant) => ({
        ...{ scenario: name, variant: variant.name, seed, rootless },
        durationMs: Number(values.duration) > 0 ? Number(values.duration) : defaults.durationMs / 2,
      })),
    ),
  );
}

function expectedOf({ scenario, variant }: TrialSpec): Judged['expected'] {
  const found = scenarios.find(({ name }) => name === scenario);
  if (found === undefined) throw new Error(`no scenario ${scenario}`);
  const factors = Object.fromEntries(found.factors.map((factor) => [factor.name, true]));
  return found.expectedCause({ factors, variant, fix: null });
}

/** Runs all, `jobs` at a time. A run that cannot be made is said and left out: it tells nothing of the diagnosis. */
async function runAll(all: readonly TrialSpec[]): Promise<Judged[]> {
  const results: Judged[] = [];
  const waiting = [...all];
  const worker = async () => {
    for (let spec = waiting.shift(); spec !== undefined; spec = waiting.shift()) {
      const name = `${spec.scenario} ${spec.variant} seed ${spec.seed}${spec.rootless ? ' rootless' : ''}`;
      try {
        const trial = { ...(await runTrial(spec)), expected: expectedOf(spec) };
        results.push(trial);
        const [full] = trial.outcomes;
        const verdict = full?.cause === trial.expected ? 'right' : 'WRONG';
        process.stderr.write(
          `${results.length}/${all.length} ${verdict} ${name}: ${full?.cause ?? 'nothing'} ${full?.confidence.toFixed(3) ?? ''} (${trial.failures} failed)\n`,
        );
      } catch (error) {
        process.stderr.write(
          `left out: ${name}: ${error instanceof Error ? error.message : String(error)}\n`,
        );
      }
    }
  };
  await Promise.all(Array.from({ length: Number(values.jobs) }, worker));
  return results.sort((a, b) => specOrder(a) - specOrder(b));
}

const order = new Map(
  specs(1, false).map(({ scenario, variant }, index) => [`${scenario} ${variant}`, index]),
);
const specOrder = ({ scenario, variant, seed }: TrialSpec) =>
  (order.get(`${scenario} ${variant}`) ?? 0) + seed / 1e6;

const trials = await runAll(specs(Number(values.seeds), false));
const rootless = await runAll(specs(Number(values['rootless-seeds']), true));
for (const view of Object.keys(views) as View[]) {
  const { right, of } = accuracy(trials, view);
  process.stdout.write(`${view}: ${right} of ${of} right\n`);
}
if (rootless.length > 0) {
  const { right, of } = accuracy(rootless, 'all evidence');
  process.stdout.write(`rootless: ${right} of ${of} right\n`);
}
if (values.only.length === 0) {
  const docs = resolve(import.meta.dirname, '../docs');
  const settings =
    `${values.seeds} seeds (from ${values['first-seed']} on) for each variant` +
    (rootless.length > 0 ? `, ${values['rootless-seeds']} as an ordinary user` : '') +
    `, ${values.jobs} runs at a time`;
  await mkdir(join(docs, 'diagnosis'), { recursive: true });
  await writeFile(join(docs, 'diagnosis.md'), renderPage(trials, rootless, settings));
  await writeFile(join(docs, 'diagnosis', 'confusion.svg'), confusionPicture(trials));
}
