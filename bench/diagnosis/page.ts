// The benchmark's results as a page: who was mistaken for whom, how often, and whether the confidence means what it says.
import { line, svg, text } from '../../scripts/calibration/svg.ts';
import { conditions } from './specs.ts';
import { views, type Trial, type View } from './trial.ts';

const nothing = 'nothing';
const named = (cause: string | null): string => cause ?? nothing;

/** How many trials named the expected cause first; `unknown` is a miss. */
export function accuracy(trials: readonly Trial[], view: View): { right: number; of: number } {
  const outcomes = trials.map((trial) => ({
    trial,
    outcome: trial.outcomes.find((one) => one.view === view),
  }));
  const right = outcomes.filter(
    ({ trial, outcome }) => outcome !== undefined && outcome.cause === trial.expected,
  ).length;
  return { right, of: trials.length };
}

/** @param leftOut Runs that could not be made. */
export function renderPage(all: readonly Trial[], settings: string, leftOut: number): string {
  const [trials, rootless, heldOut, fixed] = conditions.map((one) =>
    all.filter((trial) => trial.conditions === one),
  ) as [Trial[], Trial[], Trial[], Trial[]];
  const times = trials.flatMap((trial) =>
    trial.outcomes.filter((one) => one.view === 'all evidence').map((one) => one.milliseconds),
  );
  times.sort((a, b) => a - b);
  const healthy = [...trials, ...rootless, ...heldOut].filter((trial) => trial.scenario === 'healthy');
  const falseFindings = healthy.filter((trial) =>
    trial.outcomes.some((one) => one.view === 'all evidence' && one.cause !== null),
  ).length;
  return [
    '# How often the diagnosis is right',
    '',
    `Written by \`npm run bench:diagnose\`: ${settings}. Each run is a real one in the lab; the diagnosis sees only events and evidence,`,
    "never the scenario's name, factors or fixes. The weights were set from what is known of each cause and corrected on runs with seeds 1 and 2",
    'of every variant; the seeds below were not used for that. "Held out" are runs under conditions that were not used either: nine connections',
    'a class in place of four, periods longer by 40%, and no intranode visibility (so other ways, entries and hop counts) where the fault does without it.',
    '',
    '## Right at the first name',
    '',
    ...table(
      ['evidence', 'right', 'of', 'share'],
      [
        ...(Object.keys(views) as View[]).map((view) => shareRow(view, trials, view)),
        ...optionalRow('all that an ordinary user can collect (rootless)', rootless),
        ...optionalRow('all evidence, held out', heldOut),
      ],
    ),
    '',
    `\`unknown\` counts as a miss; ${leftOut} runs could not be made and are not counted. With client events alone most causes cannot be told apart, and the diagnosis says so.`,
    '',
    `Runs of \`healthy\`: ${healthy.length}; with a finding: ${falseFindings}. Time per diagnosis with all evidence: median ` +
      `${(times[Math.floor(times.length / 2)] ?? 0).toFixed(0)} ms, at most ${(times.at(-1) ?? 0).toFixed(0)} ms.`,
    '',
    '## Confusion, all evidence',
    '',
    '![confusion matrix](diagnosis/confusion.svg)',
    '',
    ...confusionTable(trials),
    '',
    '## By scenario and variant',
    '',
    ...variantTable(trials),
    '',
    ...misses(rootless, 'as an ordinary user'),
    ...misses(heldOut, 'under other conditions'),
    '## Does each fix end it?',
    '',
    "Each variant with each fix of its scenario, for the scenario's whole length. `none` is a proof, not the absence of one: the time without a reset was long enough.",
    '',
    ...fixTable(fixed),
    '',
    '## Does the confidence mean what it says?',
    '',
    ...confidenceTable(trials),
    '',
  ].join('\n');
}

const optionalRow = (name: string, trials: readonly Trial[]): string[][] =>
  trials.length === 0 ? [] : [shareRow(name, trials, 'all evidence')];

function shareRow(name: string, trials: readonly Trial[], view: View): string[] {
  const { right, of } = accuracy(trials, view);
  return [name, String(right), String(of), percent(right, of)];
}

function confusion(trials: readonly Trial[]): {
  expected: string[];
  found: string[];
  counts: Map<string, number>;
} {
  const counts = new Map<string, number>();
  for (const trial of trials) {
    const cause = trial.outcomes.find((one) => one.view === 'all evidence')?.cause ?? null;
    const key = `${named(trial.expected)} ${named(cause)}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const expected = [...new Set(trials.map((trial) => named(trial.expected)))];
  const others = [...new Set([...counts.keys()].map((key) => key.split(' ')[1] ?? ''))].filter(
    (name) => !expected.includes(name),
  );
  return { expected, found: [...expected, ...others], counts };
}

function confusionTable(trials: readonly Trial[]): string[] {
  const { expected, found, counts } = confusion(trials);
  return table(
    ['was ↓, said →', ...found],
    expected.map((was) => [was, ...found.map((said) => String(counts.get(`${was} ${said}`) ?? ''))]),
  );
}

/** The same as a picture: the darker, the more of a row's runs. */
export function confusionPicture(trials: readonly Trial[]): string {
  const { expected, found, counts } = confusion(trials);
  const [left, top, cell] = [190, 170, 34];
  const parts = found.map((name, column) => {
    const x = left + column * cell + cell / 2;
    return `<g transform="rotate(-60 ${x} ${top - 8})">${text(x, top - 8, name, { size: 12 })}</g>`;
  });
  for (const [row, was] of expected.entries()) {
    const y = top + row * cell;
    const total = found.reduce((sum, said) => sum + (counts.get(`${was} ${said}`) ?? 0), 0);
    parts.push(text(left - 8, y + cell / 2 + 4, was, { anchor: 'end', size: 12 }));
    for (const [column, said] of found.entries()) {
      const count = counts.get(`${was} ${said}`) ?? 0;
      const x = left + column * cell;
      const colour = was === said ? '#3f7fbf' : '#bf6f2a';
      if (count > 0) {
        parts.push(
          `<rect x="${x + 1}" y="${y + 1}" width="${cell - 2}" height="${cell - 2}" fill="${colour}" opacity="${(0.2 + (0.8 * count) / total).toFixed(2)}"/>`,
        );
        parts.push(text(x + cell / 2, y + cell / 2 + 4, String(count), { anchor: 'middle', size: 12 }));
      }
      parts.push(line([x, y], [x, y + cell]), line([x, y], [x + cell, y]));
    }
  }
  return svg(
    left + found.length * cell + 90,
    top + expected.length * cell + 10,
    'Rows: what it was. Columns: what was said.',
    parts,
  );
}

function variantTable(trials: readonly Trial[]): string[] {
  const groups = Map.groupBy(trials, (trial) => `${trial.scenario} / ${trial.variant}`);
  return table(
    ['scenario / variant', 'runs', 'failed connections, median', ...Object.keys(views)],
    [...groups].map(([name, own]) => {
      const failures = own.map((trial) => trial.failures).sort((a, b) => a - b);
      const shares = (Object.keys(views) as View[]).map((view) => {
        const { right, of } = accuracy(own, view);
        return percent(right, of);
      });
      return [name, String(own.length), String(failures[Math.floor(failures.length / 2)] ?? 0), ...shares];
    }),
  );
}

function fixTable(fixed: readonly Trial[]): string[] {
  const groups = Map.groupBy(fixed, ({ scenario, fix }) => `${scenario} | ${fix ?? ''}`);
  return table(
    ['scenario', 'fix', 'variants', 'runs', 'outcome `none`', 'resets', 'other failed connections'],
    [...groups].map(([name, own]) => [
      ...name.split(' | '),
      String(new Set(own.map(({ variant }) => variant)).size),
      String(own.length),
      String(own.filter(({ outcome }) => outcome === 'none').length),
      String(own.reduce((sum, { resets }) => sum + resets, 0)),
      String(own.reduce((sum, { failures, resets }) => sum + failures - resets, 0)),
    ]),
  );
}

/** The runs whose first name was another one, each with what was said. */
function misses(trials: readonly Trial[], where: string): string[] {
  const wrong = trials.flatMap((trial) => {
    const said = trial.outcomes.find((one) => one.view === 'all evidence')?.cause ?? null;
    const { scenario, variant, seed, expected } = trial;
    return said === expected ? [] : [`${scenario} / ${variant} (seed ${seed}): ${named(said)}`];
  });
  if (trials.length === 0) return [];
  return [`Missed ${where}: ${wrong.length === 0 ? 'none' : wrong.join('; ')}.`, ''];
}

function confidenceTable(trials: readonly Trial[]): string[] {
  const outcomes = trials.flatMap((trial) =>
    trial.outcomes
      .filter((one) => one.cause !== null && one.cause !== 'unknown')
      .map((one) => ({ ...one, right: one.cause === trial.expected })),
  );
  const bins = [0.5, 0.7, 0.8, 0.9, 0.95, 0.99, 1.01];
  const rows = bins.slice(0, -1).map((low, index) => {
    const high = bins[index + 1] ?? 1.01;
    const own = outcomes.filter(({ confidence }) => confidence >= low && confidence < high);
    const mean = own.reduce((sum, { confidence }) => sum + confidence, 0) / Math.max(1, own.length);
    return [
      `${low} to ${Math.min(1, high)}`,
      String(own.length),
      own.length === 0 ? '-' : mean.toFixed(3),
      percent(own.filter(({ right }) => right).length, own.length),
    ];
  });
  return table(['confidence', 'names given (all views)', 'mean confidence', 'right'], rows);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  return [
    `| ${head.join(' | ')} |`,
    `|${head.map(() => '---').join('|')}|`,
    ...rows.map((row) => `| ${row.join(' | ')} |`),
  ];
}

const percent = (part: number, whole: number) =>
  whole === 0 ? '-' : `${((100 * part) / whole).toFixed(1)}%`;
