// The results of all runs, kept in a file as soon as each is there: a benchmark of an hour can be cut short and gone on with later.
// The first line names the models that the runs belong to; those of other models count for nothing and go with the first new run.
import { appendFile, readFile, writeFile } from 'node:fs/promises';
import type { Answer } from './judgement.ts';
import { trialKey, type TrialSpec } from './specs.ts';
import type { View } from './views.ts';

export interface Trial extends TrialSpec {
  /** Why `lab run` does not make such a run, in its own words; absent where it was made. */
  readonly refused?: string;
  /** Why it came to nothing, at the second try as at the first; absent where it was made. */
  readonly failed?: string;
  /** Why the first try came to nothing, where it was another reason or the second did better. */
  readonly firstFailed?: string;
  /** The run's own verdict. */
  readonly outcome: string;
  readonly resets: number;
  /** Connections that failed in any way, as the clients tell. */
  readonly failures: number;
  /** What reading and diagnosing all witnesses' events took. */
  readonly milliseconds: number;
  readonly answers: Readonly<Partial<Record<View, readonly Answer[]>>>;
}

/** Whether there is something to judge. */
export const wasMade = ({ refused, failed }: Trial): boolean => refused === undefined && failed === undefined;

export interface Ledger {
  /** Those in the file and those added since. */
  readonly trials: readonly Trial[];
  has(spec: TrialSpec): boolean;
  add(trial: Trial): Promise<void>;
}

/** Without a file it only remembers. A last line that was cut off is passed over. */
export async function openLedger(file: string | undefined, models: string): Promise<Ledger> {
  const head = `${JSON.stringify({ models })}\n`;
  const text = file === undefined ? '' : await readFile(file, 'utf8').catch(() => '');
  const continues = text.startsWith(head);
  const whole = text.slice(head.length, text.lastIndexOf('\n') + 1);
  const trials = continues ? whole.split('\n').filter(Boolean).map(readTrial) : [];
  const known = new Set(trials.map(trialKey));
  // What stands there of other models, or half a line, must not be added to.
  let begun = continues && text.endsWith('\n');
  let writing = Promise.resolve();
  return {
    trials,
    has: (spec) => known.has(trialKey(spec)),
    async add(trial) {
      trials.push(trial);
      known.add(trialKey(trial));
      if (file === undefined) return;
      writing = writing.then(async () => {
        if (begun) await appendFile(file, lineOf(trial));
        else await writeFile(file, head + (continues ? whole : '') + lineOf(trial));
        begun = true;
      });
      await writing;
    },
  };
}

/** As short as it can be read: the file is kept with the sources. */
type ShortAnswer = readonly [
  Answer['cause'],
  Answer['causeCertainty'],
  Answer['author'],
  Answer['authorCertainty'],
  number,
  rivals: readonly string[],
  suspects: Answer['suspects'],
];

function lineOf({ answers, ...run }: Trial): string {
  const short = Object.entries(answers).map(([view, list]) => [view, list.map(shorten)] as const);
  return `${JSON.stringify({ ...run, answers: Object.fromEntries(short) })}\n`;
}

function shorten(answer: Answer): ShortAnswer {
  const { cause, causeCertainty, author, authorCertainty, connections, rivals, suspects } = answer;
  return [cause, causeCertainty, author, authorCertainty, connections, rivals, suspects];
}

function readTrial(line: string): Trial {
  const { answers, ...run } = JSON.parse(line) as Omit<Trial, 'answers'> & {
    answers: Record<View, readonly ShortAnswer[]>;
  };
  const full = Object.entries(answers).map(([view, list]) => [view, list.map(lengthen)] as const);
  return { ...run, answers: Object.fromEntries(full) };
}

function lengthen([cause, causeCertainty, author, authorCertainty, ...rest]: ShortAnswer): Answer {
  const [connections, rivals, suspects] = rest;
  return { cause, causeCertainty, author, authorCertainty, connections, rivals, suspects };
}
