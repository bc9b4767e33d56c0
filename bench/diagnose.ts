// The benchmark of truth: runs every scenario and variant with several seeds, diagnoses blind and counts.
//   npm run bench:diagnose -- --seeds 20                        everything; writes docs/diagnosis.md
//   npm run bench:diagnose -- --seeds 2 --only policy-reject    a part; prints and writes nothing
//   --rootless-seeds N   as an ordinary user; needs root to change to one
//   --held-out-seeds N   under conditions that the weights were not set in
//   --jobs N (runs at once)   --duration MS
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { findScenario, scenarios } from '../src/lab/scenarios/index.ts';
import type { Scenario } from '../src/model/scenario.ts';
import { accuracy, confusionPicture, renderPage } from './diagnosis/page.ts';
import type { Judged } from './diagnosis/page.ts';
import { runTrial } from './diagnosis/trial.ts';
import type { TrialSpec, View } from './diagnosis/trial.ts';
import { views } from './diagnosis/trial.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '20' },
    'rootless-seeds': { type: 'string', default: '0' },
    'held-out-seeds': { type: 'string', default: '0' },
    'first-seed': { type: 'string', default: '101' },
    jobs: { type: 'string', default: '2' },
    duration: { type: 'string', default: '0' },
    only: { type: 'string', multiple: true, default: [] },
  },
});
const chosen = scenarios.filter(({ name }) => values.only.length === 0 || values.only.includes(name));

type Conditions = 'root' | 'rootless' | 'held out';

function specs(seeds: number, conditions: Conditions): TrialSpec[] {
  return Array.from({ length: seeds }, (_, index) => Number(values['first-seed']) + index).flatMap((seed) =>
    chosen.flatMap((scenario) =>
      scenario.variants.map((variant) => ({
        ...{ scenario: scenario.name, variant: variant.name, seed, rootless: conditions === 'rootless' },
        // Half of a scenario's length shows its fault several times, but for slow ones, which need most of it.
        durationMs:
          Number(values.duration) > 0
            ? Number(values.duration)
            : Math.max(6_000, scenario.defaults.durationMs / 2),
        elsewhere: conditions === 'held out' ? otherConditions(scenario, variant.name) : [],
      })),
    ),
  );
}

/** Other numbers of connections and other periods; and, where the fault does not need it, a node without intranode visibility. */
function otherConditions(scenario: Scenario, variant: string): string[] {
  const choice = { factors: allFactors(scenario), variant, fix: null };
  const period = scenario.setup(choice).clientPeriodMs * 1.4;
  const words = ['--connections', '9', '--period', `${period}ms`];
  const without = { ...choice, factors: { ...choice.factors, [visibility]: false } };
  const remains = scenario.expectedCause(without) === scenario.expectedCause(choice);
  return remains && visibility in choice.factors ? [...words, '--without', visibility] : words;
}

const visibility = 'intranode-visibility';
const allFactors = ({ factors }: Scenario) => Object.fromEntries(factors.map(({ name }) => [name, true]));

function expectedOf({ scenario, variant, elsewhere }: TrialSpec): Judged['expected'] {
  const found = findScenario(scenario);
  const without = elsewhere.includes('--without') ? { [visibility]: false } : {};
  return found.expectedCause({ factors: { ...allFactors(found), ...without }, variant, fix: null });
}

/** Runs all, `jobs` at a time. A run that cannot be made is said and left out: it tells nothing of the diagnosis. */
async function runAll(all: readonly TrialSpec[]): Promise<Judged[]> {
  const results: Judged[] = [];
  const waiting = [...all];
  const worker = async () => {
    for (let spec = waiting.shift(); spec !== undefined; spec = waiting.shift()) {
      const name =
        `${spec.scenario} ${spec.variant} seed ${spec.seed}${spec.rootless ? ' rootless' : ''} ${spec.elsewhere.join(' ')}`.trim();
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
  specs(1, 'root').map(({ scenario, variant }, index) => [`${scenario} ${variant}`, index]),
);
const specOrder = ({ scenario, variant, seed }: TrialSpec) =>
  (order.get(`${scenario} ${variant}`) ?? 0) + seed / 1e6;

const trials = await runAll(specs(Number(values.seeds), 'root'));
const rootless = await runAll(specs(Number(values['rootless-seeds']), 'rootless'));
const heldOut = await runAll(specs(Number(values['held-out-seeds']), 'held out'));
for (const view of Object.keys(views) as View[]) say(view, trials, view);
say('rootless', rootless, 'all evidence');
say('held out', heldOut, 'all evidence');
if (values.only.length === 0) {
  const docs = resolve(import.meta.dirname, '../docs');
  const settings =
    `${values.seeds} seeds (from ${values['first-seed']} on) for each variant, ${values['rootless-seeds']} as an ordinary user, ` +
    `${values['held-out-seeds']} under other conditions, ${values.jobs} runs at a time`;
  await mkdir(join(docs, 'diagnosis'), { recursive: true });
  await writeFile(join(docs, 'diagnosis.md'), renderPage({ trials, rootless, heldOut }, settings));
  await writeFile(join(docs, 'diagnosis', 'confusion.svg'), confusionPicture(trials));
}

function say(what: string, judged: readonly Judged[], view: View): void {
  if (judged.length === 0) return;
  const { right, of } = accuracy(judged, view);
  process.stdout.write(`${what}: ${right} of ${of} right\n`);
}
