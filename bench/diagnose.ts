// The benchmark of truth: runs every scenario with seeds that nobody has seen, diagnoses blind and counts.
//   npm run bench:diagnose                            what is missing of a whole pass; then writes docs/diagnosis.md
//   npm run bench:diagnose -- --minutes 20            starts no run after so many; the next call goes on
//   npm run bench:diagnose -- --minutes 0             writes the page anew from the ledger
//   npm run bench:diagnose -- --seeds 2 --only policy-reject     a part; prints and writes nothing
//   --seeds N            of each scenario, spread over its variants (default 20)
//   --healthy N          with real workloads, where nothing is wrong (default 50)
//   --condition-seeds N  of each scenario with a watcher on each node, and with real workloads (default 5)
//   --surrounding-seeds N  with IPv6, with the server in the node's namespace, beside a busy machine (default 2)
//   --rootless-seeds N   of each cause as an ordinary user; needs root to change to one (default 2)
//   --fix-seeds N        of each variant with each fix (default 0)
//   --under CONDITION    (repeatable) makes only what is missing of these: plain, watched, "real workloads", IPv6, ...
//   --only SCENARIO      (repeatable)   --jobs N (runs at once, 4 at most; default 2)
//   --blocks 0,1         the address blocks that they may have (default 2,3,1,0, of which a job takes the first that is left)
//   --ledger FILE        each run's answers (default bench/diagnosis/ledger.ndjson; with --only, none)
//   --page FILE          (default docs/diagnosis.md; with --only, none)
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { findScenario, scenarios } from '../src/lab/scenarios/index.ts';
import { lackingHere } from '../src/lab/world/kernel-parts.ts';
import { addressBlocks, type AddressBlock } from '../src/lab/world/address-blocks.ts';
import { besideBusyLoops } from './diagnosis/busy-loops.ts';
import { columns, judgedIn, ofFaults, ofHealth } from './diagnosis/columns.ts';
import { judgeRun, largestOf, verdicts } from './diagnosis/judgement.ts';
import { openLedger, type Trial } from './diagnosis/ledger.ts';
import { modelsHash } from './diagnosis/models-hash.ts';
import { renderPage } from './diagnosis/page.ts';
import {
  conditions,
  estimateMinutes,
  fullPass,
  rounds,
  trialKey,
  truthOf,
  wordsUnder,
  type TrialSpec,
} from './diagnosis/specs.ts';
import { triedTwice } from './diagnosis/second-try.ts';
import { labRunFlags, runTrial } from './diagnosis/trial.ts';

const root = resolve(import.meta.dirname, '..');
const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: String(fullPass.seeds) },
    healthy: { type: 'string', default: String(fullPass.healthy) },
    'condition-seeds': { type: 'string', default: String(fullPass.conditionSeeds) },
    'surrounding-seeds': { type: 'string', default: String(fullPass.surroundingSeeds) },
    'rootless-seeds': { type: 'string', default: String(fullPass.rootlessSeeds) },
    'fix-seeds': { type: 'string', default: String(fullPass.fixSeeds) },
    minutes: { type: 'string' },
    jobs: { type: 'string', default: '2' },
    only: { type: 'string', multiple: true, default: [] },
    under: { type: 'string', multiple: true, default: [] },
    blocks: { type: 'string', default: '2,3,1,0' },
    ledger: { type: 'string' },
    page: { type: 'string' },
  },
});
const amounts = {
  seeds: amountOf('seeds'),
  healthy: amountOf('healthy'),
  conditionSeeds: amountOf('condition-seeds'),
  surroundingSeeds: amountOf('surrounding-seeds'),
  rootlessSeeds: amountOf('rootless-seeds'),
  fixSeeds: amountOf('fix-seeds'),
};
/** Of the runs that are made at once, each its own; by default last the one that a lab beside the benchmark has. */
const blocks = values.blocks.split(',').map(blockOf);
const jobs = Math.max(1, amountOf('jobs'));
if (jobs > blocks.length) {
  say(
    `bench:diagnose: --jobs ${jobs}: more than ${blocks.length} runs at once cannot each have their own addresses.`,
  );
  process.exit(64);
}
const minutes = values.minutes === undefined ? Number.POSITIVE_INFINITY : amountOf('minutes');
const isWhole = values.only.length === 0;
const lacking = new Map<string, string>();
for (const scenario of scenarios) {
  const lacks = await lackingHere(scenario);
  if (lacks !== null) lacking.set(scenario.name, lacks);
}
for (const lacks of lacking.values()) say(`left out: ${lacks}`);
const chosen = (isWhole ? scenarios : values.only.map(findScenario)).filter(({ name }) => !lacking.has(name));
const models = await modelsHash(root);
const plan = rounds(chosen, models, amounts);
const under = new Set(values.under.map(conditionOf));

const flags = await labRunFlags();
const impossible = new Map(
  Object.entries(wordsUnder)
    .map(([condition, [flag]]) => [condition as TrialSpec['condition'], flag] as const)
    .filter(([, flag]) => !flags.has(flag)),
);
for (const [condition, flag] of impossible) say(`skipped: ${condition}: "netdebug lab run" has no ${flag}`);

const ledger = await openLedger(
  values.ledger ?? (isWhole ? resolve(root, 'bench/diagnosis/ledger.ndjson') : undefined),
  models,
);
const waiting = plan.map((round) =>
  round.filter(
    (spec) =>
      !ledger.has(spec) && !impossible.has(spec.condition) && (under.size === 0 || under.has(spec.condition)),
  ),
);
const total = waiting.flat().length;
const lastStart = performance.now() + minutes * 60_000;
const estimate = Math.ceil(estimateMinutes(waiting.flat(), jobs));
say(`models ${models.slice(0, 16)}: ${total} runs to make, about ${estimate} min with ${jobs} at once`);
let done = 0;
for (const round of waiting) {
  const [busy, quiet] = [true, false].map((is) =>
    round.filter((one) => (one.condition === 'busy machine') === is),
  );
  await runAll(quiet ?? []);
  if (busy !== undefined && busy.length > 0 && hasTime()) await besideBusyLoops(2, () => runAll(busy));
}

const planned = new Set(plan.flat().map(trialKey));
const trials = ledger.trials.filter((trial) => planned.has(trialKey(trial))).toSorted(inOrder);
// Before anything is printed: a reader of the output who leaves must not leave the page half written.
const page = values.page ?? (isWhole ? resolve(root, 'docs/diagnosis.md') : undefined);
if (page !== undefined) {
  const settings =
    `${amounts.seeds} runs of each scenario, spread over its variants, ${amounts.conditionSeeds} watched and ${amounts.conditionSeeds} with real workloads, ${amounts.surroundingSeeds} in each other surrounding, half as many of those that came later, ` +
    `${amounts.healthy} of real workloads where nothing is wrong; ${jobs} runs at a time`;
  const count = (condition: TrialSpec['condition']) =>
    plan.flat().filter((spec) => spec.condition === condition).length;
  const counts = new Map(conditions.map((condition) => [condition, count(condition)]));
  await writeFile(
    page,
    renderPage({ trials, models, settings, planned: counts, impossible, lacking: [...lacking.keys()] }),
  );
}
for (const column of columns) {
  const judged = judgedIn(column, trials);
  const faults = ofFaults(judged);
  const counts = verdicts.map((verdict) => {
    return `${faults.filter((one) => one.verdict === verdict).length} ${verdict}`;
  });
  const alarms = ofHealth(judged).filter(({ answers }) => answers.length > 0).length;
  if (judged.length > 0)
    print(
      `${column.name}: ${counts.join(', ')} of ${faults.length}; ${alarms} of ${judged.length - faults.length} healthy with a finding`,
    );
}
const failed = trials.filter((trial) => trial.failed !== undefined);
if (failed.length > 0) print(`failed twice: ${failed.length} runs, which are in no column`);

/** Runs all, `jobs` at a time. None of them ends the others: one that fails twice is in the ledger as that. */
async function runAll(specs: readonly TrialSpec[]): Promise<void> {
  const queue = [...specs];
  const work = async (block: AddressBlock) => {
    for (let spec = queue.shift(); spec !== undefined && hasTime(); spec = queue.shift()) {
      const number = (done += 1);
      const which = `${number}/${total} ${nameOf(spec)}`;
      const trial = await triedTwice(
        spec,
        (one) => runTrial(one, block),
        (reason) => say(`${which}: failed, is tried again: ${reason}`),
      );
      await ledger.add(trial);
      say(`${which}: ${inWords(trial)}`);
    }
  };
  await Promise.all(blocks.slice(0, jobs).map(work));
}

function hasTime(): boolean {
  return performance.now() < lastStart;
}

function inWords(trial: Trial): string {
  if (trial.refused !== undefined) return `refused: ${trial.refused}`;
  if (trial.failed !== undefined) return `failed twice: ${trial.failed}`;
  const answers = trial.answers['all witnesses'] ?? trial.answers['foreign (no client events)'];
  const length = `${trial.failures} failed, ${trial.outcome}`;
  if (answers === undefined) return length;
  const largest = largestOf(answers);
  const said =
    largest === null
      ? 'nothing'
      : `${largest.cause} (${largest.causeCertainty}) by ${largest.author} (${largest.authorCertainty})`;
  return `${judgeRun(answers, truthOf(trial))}: ${said} (${length})`;
}

function nameOf({ condition, scenario, variant, fix, workload, seed }: TrialSpec): string {
  return [
    condition,
    scenario,
    variant,
    ...[fix, workload].filter((one) => one !== null),
    `seed ${seed}`,
  ].join(' ');
}

/** Scenarios and variants in the order of the catalogue, so that the page does not depend on when a run was made. */
function inOrder(a: Trial, b: Trial): number {
  const place = ({ scenario, variant }: Trial) => {
    const index = scenarios.findIndex(({ name }) => name === scenario);
    return 100 * index + (scenarios[index]?.variants.findIndex(({ name }) => name === variant) ?? 0);
  };
  return place(a) - place(b) || a.seed - b.seed;
}

function amountOf(
  name:
    | 'seeds'
    | 'healthy'
    | 'condition-seeds'
    | 'surrounding-seeds'
    | 'rootless-seeds'
    | 'fix-seeds'
    | 'minutes'
    | 'jobs',
) {
  const amount = Number(values[name]);
  if (Number.isInteger(amount) && amount >= 0) return amount;
  say(`bench:diagnose: --${name} must be a whole number, not "${String(values[name])}".`);
  process.exit(64);
}

function conditionOf(word: string): TrialSpec['condition'] {
  const condition = conditions.find((one) => one === word);
  if (condition !== undefined) return condition;
  say(`bench:diagnose: --under: there is no condition "${word}"; there are ${conditions.join(', ')}.`);
  process.exit(64);
}

function blockOf(word: string): AddressBlock {
  const block = addressBlocks.find((one) => String(one) === word);
  if (block !== undefined) return block;
  say(
    `bench:diagnose: --blocks: there is no address block "${word}"; there are ${addressBlocks.join(', ')}.`,
  );
  process.exit(64);
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
