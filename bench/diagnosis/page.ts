// The benchmark's results as a page: how often the diagnosis was right from each place, and whether its words mean what they say.
import { certainties } from '../../src/model/certainty.ts';
import { causeTable } from './by-cause.ts';
import { columns, judgedIn, ofFaults, ofHealth, type Column, type Judged } from './columns.ts';
import { largestOf, verdicts, wordKept, type Answer } from './judgement.ts';
import { wasMade, type Trial } from './ledger.ts';
import { runs, share, table } from './markdown.ts';
import { notToldApart } from './not-told-apart.ts';
import { confusionTables, fixTable, variantTable } from './page-details.ts';
import { conditions, type Condition } from './specs.ts';
import { onlyOurs } from './views.ts';

export interface PageInput {
  readonly trials: readonly Trial[];
  /** The hash of the models that the runs are of. */
  readonly models: string;
  /** How the runs were made, as a sentence's part. */
  readonly settings: string;
  /** How many runs of a whole pass there are to make, by condition. */
  readonly planned: ReadonlyMap<Condition, number>;
  /** Conditions that `lab run` cannot make, each with what it lacks. */
  readonly impossible: ReadonlyMap<Condition, string>;
  /** Scenarios that the kernel of the machine cannot run: nothing is said of them. Default: none. */
  readonly lacking?: readonly string[];
}

type ColumnRuns = readonly [Column, readonly Judged[]];

export function renderPage(input: PageInput): string {
  const all = columns.map((column): ColumnRuns => [column, judgedIn(column, input.trials)]);
  const seen = all.filter(([, judged]) => judged.length > 0);
  const isMade = (condition: Condition) =>
    input.trials.some((trial) => trial.condition === condition && wasMade(trial));
  const notRun = all.flatMap(([column, judged]) =>
    judged.length === 0 && isMade(column.condition) ? [column] : [],
  );
  return [
    '# How often the diagnosis is right',
    '',
    `Written by \`npm run bench:diagnose\`: ${input.settings}.`,
    "Each run is a real one in the lab, of half its usual length, six seconds at least (of its whole length, where the kernel's own timers",
    "are part of it); the diagnosis sees only what the column says, never the scenario's name, factors or fixes. The seeds follow from the models' own source (SHA-256",
    `\`${input.models.slice(0, 16)}\`…), so the runs were not there to be looked at while the models were written; the results of other`,
    'models are thrown away.',
    '',
    ...progress(input),
    '',
    ...(!input.trials.some(wasMade)
      ? ['No run of these models has been made yet.', '']
      : results(seen, notRun, input.trials)),
  ].join('\n');
}

function results(seen: readonly ColumnRuns[], notRun: readonly Column[], trials: readonly Trial[]): string[] {
  return [
    '## By what could be seen',
    '',
    '- *right*: author and cause of the largest finding both name the truth, as `proven` or `likely`;',
    '- *one of several*: what is not named is `open`, with the truth among what remains;',
    '- *unknown*: nothing was found, or author or cause is `unknown` with nothing said to be left;',
    '- *wrong*: the largest finding leaves the truth out, or any finding with a tenth of the lost connections or more names another',
    `  author or cause as \`proven\` or \`likely\`${noLessTrue(seen)}.`,
    '',
    ...columnTable(seen, notRun),
    '',
    'Each share has its exact 95% interval (Clopper and Pearson). "Client\'s side" and "server\'s side" are what tcpdump sees at that one',
    "pod's interface: the packets around resets and repetitions, without direction. The client is the one that lost most. *Watch* is what",
    "`netdebug watch` printed while the run lasted, on both nodes or on the server's alone: each lost connection as it was said last, and",
    'once where both nodes told of it. The other columns are diagnosed from what the observers of the same run kept. How our own clients',
    'went when the run told them to stop is not counted where packets and kernels alone tell of it.',
    ...[...onlyOurs].map(
      (cause) => `\`${cause}\` is not in the columns without client events: nothing of it is on the wire.`,
    ),
    '',
    ...causeTable(seen),
    ...invisible(seen),
    ...healthy(seen),
    '## What the three words are worth',
    '',
    'Every finding of every run, healthy ones included, author and cause apart. `open` is right when the truth is among what it names.',
    '',
    ...wordTable(seen),
    '',
    ...provenShare(seen),
    ...accusations(seen),
    ...notToldApart(seen),
    ...confusionTables(seen),
    ...variantTable(seen),
    ...fixTable(trials),
    ...times(trials),
  ];
}

/** What scenarios say that the same fault does to a few connections in another way. */
function noLessTrue(seen: readonly ColumnRuns[]): string {
  const truths = seen.flatMap(([, judged]) => judged.map(({ truth }) => truth));
  const others = truths.flatMap(({ cause, besides = [] }) =>
    besides.map((other) => `of \`${String(cause)}\`, \`${other.cause}\` by ${other.author}`),
  );
  const each = [...new Set(others)].sort();
  return each.length === 0 ? '' : `;\n  of a few connections no less is true: ${each.join('; ')}`;
}

function progress({ trials, planned, impossible, lacking = [] }: PageInput): string[] {
  const rows = conditions.flatMap((condition) => {
    const of = planned.get(condition) ?? 0;
    const own = trials.filter((trial) => trial.condition === condition);
    if (of === 0 && own.length === 0) return [];
    const refused = own.filter(({ refused: why }) => why !== undefined).length;
    const failed = own.filter(({ failed: why }) => why !== undefined).length;
    const made = own.filter(wasMade).length;
    const lacks = impossible.get(condition);
    const note = lacks === undefined ? '' : `not possible yet: \`lab run\` has no \`${lacks}\``;
    const missing = Math.max(0, of - own.length);
    return [[condition, ...[made, refused, failed, missing].map(String), note]];
  });
  const refusals = Map.groupBy(
    trials.filter(({ refused }) => refused !== undefined),
    ({ condition, scenario, refused }) => `${condition}, ${scenario}: ${refused ?? ''}`,
  );
  return [
    '*Real workloads*: socat, Redis, PostgreSQL, nginx with curl, and gRPC in turn, nothing of ours at either end; *busy machine*: beside',
    'two programs that only compute; *rootless*: as an ordinary user, with what one can collect.',
    '',
    ...table(['condition', 'runs made', 'refused by the lab', 'failed twice', 'still missing', ''], rows),
    ...lacking.flatMap((scenario) => [
      '',
      `- not run: ${scenario}, which needs what this machine's kernel has not.`,
    ]),
    ...(refusals.size === 0 ? [] : ['', ...[...refusals.keys()].map((why) => `- refused: ${why}`)]),
    ...failures(trials),
  ];
}

/** They are in no column: nothing was there to be diagnosed. Hidden they would make the rest look like all. */
function failures(trials: readonly Trial[]): string[] {
  const lines = trials.flatMap((trial) => {
    const { condition, scenario, variant, seed, failed, firstFailed } = trial;
    const run = `${condition}, ${scenario} / ${variant}, seed ${seed}`;
    if (failed !== undefined) {
      const before = firstFailed === undefined ? '' : ` (at first: ${firstFailed})`;
      return [`- failed twice: ${run}: ${failed}${before}`];
    }
    return firstFailed === undefined ? [] : [`- made at the second try: ${run}: ${firstFailed}`];
  });
  return lines.length === 0 ? [] : ['', ...lines];
}

const columnTable = (seen: readonly ColumnRuns[], notRun: readonly Column[]) =>
  table(
    ['column', 'runs', ...verdicts, 'share that is right'],
    [
      ...seen.map(([{ name }, judged]) => {
        const faults = ofFaults(judged);
        const counts = verdicts.map((verdict) => faults.filter((one) => one.verdict === verdict).length);
        return [name, String(faults.length), ...counts.map(String), share(counts[0] ?? 0, faults.length)];
      }),
      ...notRun.map(({ name }) => [name, 'not run', ...verdicts.map(() => ''), '']),
    ],
  );

/** A loss that leaves no packet is not there for whoever has only packets. */
function invisible(seen: readonly ColumnRuns[]): string[] {
  const lines = seen.flatMap(([{ name }, judged]) => {
    const blind = ofFaults(judged).filter(({ answers }) => answers.length === 0);
    const by = Map.groupBy(blind, ({ trial }) => `${trial.scenario} / ${trial.variant}`);
    const list = [...by].map(([variant, own]) => `${variant} (${runs(own.length)})`).join(', ');
    return list === '' ? [] : [`- ${name}: ${list}`];
  });
  if (lines.length === 0) return [];
  return [
    'Runs in which no lost connection was found at all, counted as *unknown*. Some losses leave no packet by which they could be told: a',
    'client that gives up before it repeats its first SYN (`conntrack-table-full`) looks like one that changed its mind.',
    '',
    ...lines,
    '',
  ];
}

function healthy(seen: readonly ColumnRuns[]): string[] {
  const rows = seen.flatMap(([{ name }, judged]) => {
    const well = ofHealth(judged);
    const found = well.filter(({ answers }) => answers.length > 0).length;
    return well.length === 0 ? [] : [[name, String(well.length), String(found), share(found, well.length)]];
  });
  if (rows.length === 0) return [];
  return [
    '## Where nothing is wrong',
    '',
    'Runs of `healthy`: whatever is found there is a false alarm.',
    '',
    ...table(['column', 'runs', 'with a finding', 'share with one'], rows),
    '',
  ];
}

function wordTable(seen: readonly ColumnRuns[]): string[] {
  const rows = seen.flatMap(([{ name }, judged]) =>
    certainties.flatMap((word) => {
      const cells = (['author', 'cause'] as const).flatMap((question) => {
        const { said, right } = wordKept(judged, question, word);
        return [String(said), String(said - right), share(right, said)];
      });
      return cells[0] === '0' && cells[3] === '0' ? [] : [[name, word, ...cells]];
    }),
  );
  const head = ['said', 'not right', 'share that is right'];
  return table(
    ['column', 'word', ...head.map((one) => `author: ${one}`), ...head.map((one) => `cause: ${one}`)],
    rows,
  );
}

function provenShare(seen: readonly ColumnRuns[]): string[] {
  const own = seen.find(([{ name }]) => name === 'all witnesses');
  if (own === undefined) return [];
  const largest = ofFaults(own[1]).map(({ answers }) => largestOf(answers));
  const proven = (is: (answer: Answer) => boolean) =>
    share(largest.filter((answer) => answer !== null && is(answer)).length, largest.length);
  return [
    `With all witnesses the author of the largest finding is \`proven\` in ${proven((one) => one.authorCertainty === 'proven')} of the runs, ` +
      `the cause in ${proven((one) => one.causeCertainty === 'proven')}.`,
    '',
  ];
}

/** What was said in the runs that went wrong. */
function accusations(seen: readonly ColumnRuns[]): string[] {
  const lines = seen.flatMap(([{ name }, judged]) => {
    const wrong = judged.filter(({ verdict }) => verdict === 'wrong');
    const said = Map.groupBy(
      wrong,
      ({ trial, answers }) => `${trial.scenario} / ${trial.variant}: ${answers.map(inWords).join('; ')}`,
    );
    return [...said].map(
      ([what, own]) => `- ${name}: ${what} (seed ${own.map(({ trial }) => trial.seed).join(', ')})`,
    );
  });
  if (lines.length === 0) return [];
  return ['## What was wrong', '', ...lines, ''];
}

function inWords({
  cause,
  causeCertainty,
  author,
  authorCertainty,
  rivals,
  suspects,
  connections,
}: Answer): string {
  const open = (others: readonly string[]) => (others.length === 0 ? '' : ` of ${others.join(', ')}`);
  return (
    `${connections} × ${cause} (${causeCertainty}${open(rivals)}) ` +
    `by ${author} (${authorCertainty}${open(suspects)})`
  );
}

function times(trials: readonly Trial[]): string[] {
  const own = trials.filter(({ answers }) => answers['all witnesses'] !== undefined);
  const all = own.map(({ milliseconds }) => milliseconds).sort((a, b) => a - b);
  const [middle, most] = [all[Math.floor(all.length / 2)], all.at(-1)];
  if (middle === undefined || most === undefined) return [];
  return [`Time of a diagnosis with all witnesses: median ${middle} ms, at most ${most} ms.`, ''];
}
