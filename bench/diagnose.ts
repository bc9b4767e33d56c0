// The benchmark of truth: runs every scenario and variant with several seeds, diagnoses blind and counts.
//   npm run bench:diagnose                                      everything; writes docs/diagnosis.md
//   npm run bench:diagnose -- --seeds 2 --only policy-reject    a part; prints and writes nothing
//   --seeds N            as root, the conditions that the weights were set in (default 20)
//   --rootless-seeds N   as an ordinary user; needs root to change to one (default 2)
//   --held-out-seeds N   under conditions that the weights were not set in (default 3)
//   --fix-seeds N        each variant with each fix (default 1)
//   --results FILE       keep each run's result there, and make only runs that it lacks: to go on where it stopped
//   --minutes N          start no run after so many
//   --jobs N (runs at once)   --first-seed N
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { scenarios } from '../src/lab/scenarios/index.ts';
import { openLedger } from './diagnosis/ledger.ts';
import { accuracy, confusionPicture, renderPage } from './diagnosis/page.ts';
import { conditions, trialKey, trialSpecs, type TrialSpec } from './diagnosis/specs.ts';
import { runTrial, views, type Trial, type View } from './diagnosis/trial.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '20' },
    'rootless-seeds': { type: 'string', default: '2' },
    'held-out-seeds': { type: 'string', default: '3' },
    'fix-seeds': { type: 'string', default: '1' },
    'first-seed': { type: 'string', default: '101' },
    results: { type: 'string' },
    minutes: { type: 'string', default: 'Infinity' },
    jobs: { type: 'string', default: '2' },
    only: { type: 'string', multiple: true, default: [] },
  },
});
const chosen = scenarios.filter(({ name }) => values.only.length === 0 || values.only.includes(name));
const seedsOf = {
  root: values.seeds,
  rootless: values['rootless-seeds'],
  'held out': values['held-out-seeds'],
  fixed: values['fix-seeds'],
};
const specs = conditions.flatMap((under) =>
  trialSpecs(chosen, under, Number(values['first-seed']), Number(seedsOf[under])),
);

const ledger = await openLedger(values.results);
const leftOut: string[] = [];
await runAll(specs.filter((spec) => !ledger.has(spec)));

const place = new Map(specs.map((spec, index) => [trialKey(spec), index]));
const trials = ledger.trials
  .filter((trial) => place.has(trialKey(trial)))
  .toSorted((a, b) => byVariant(a) - byVariant(b) || a.seed - b.seed);
for (const under of conditions) {
  const own = trials.filter((trial) => trial.conditions === under);
  const seen: View[] = under === 'root' ? (Object.keys(views) as View[]) : ['all evidence'];
  for (const view of seen) {
    const { right, of } = accuracy(own, view);
    if (of > 0) process.stdout.write(`${under}, ${view}: ${right} of ${of} right\n`);
  }
}
if (values.only.length === 0) {
  const docs = resolve(import.meta.dirname, '../docs');
  const settings =
    `seeds from ${values['first-seed']} on, ${values.seeds} for each variant, ${values['rootless-seeds']} as an ordinary user, ` +
    `${values['held-out-seeds']} under other conditions, ${values['fix-seeds']} with each fix; ${values.jobs} runs at a time`;
  await mkdir(join(docs, 'diagnosis'), { recursive: true });
  await writeFile(join(docs, 'diagnosis.md'), renderPage(trials, settings, leftOut.length));
  const asRoot = trials.filter((trial) => trial.conditions === 'root');
  await writeFile(join(docs, 'diagnosis', 'confusion.svg'), confusionPicture(asRoot));
}

/** Runs all, `jobs` at a time. A run that cannot be made is said and left out: it tells nothing of the diagnosis. */
async function runAll(waiting: TrialSpec[]): Promise<void> {
  const total = waiting.length;
  const lastStart = performance.now() + Number(values.minutes) * 60_000;
  let done = 0;
  const worker = async () => {
    for (
      let spec = waiting.shift();
      spec !== undefined && performance.now() < lastStart;
      spec = waiting.shift()
    ) {
      try {
        const trial = await runTrial(spec);
        await ledger.add(trial);
        say(`${(done += 1)}/${total} ${judgement(trial)}`);
      } catch (error) {
        leftOut.push(trialKey(spec));
        say(`left out: ${nameOf(spec)}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  };
  await Promise.all(Array.from({ length: Number(values.jobs) }, worker));
}

function judgement(trial: Trial): string {
  const [full] = trial.outcomes;
  const verdict = full?.cause === trial.expected ? 'right' : 'WRONG';
  const said = `${full?.cause ?? 'nothing'} ${full?.confidence.toFixed(3) ?? ''}`;
  return `${verdict} ${nameOf(trial)}: ${said} (${trial.failures} failed, ${trial.outcome})`;
}

function nameOf({ conditions: under, scenario, variant, fix, seed, words }: TrialSpec): string {
  return [under, scenario, variant, fix ?? '', `seed ${seed}`, ...words].filter(Boolean).join(' ');
}

/** Variants in the order of the catalogue. */
function byVariant({ scenario, variant }: TrialSpec): number {
  return specs.findIndex((spec) => spec.scenario === scenario && spec.variant === variant);
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
