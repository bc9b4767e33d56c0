// Keeps the result of every run in a file as soon as it is there, so that a benchmark of an hour can be cut short and gone on with.
import { appendFile, readFile } from 'node:fs/promises';
import type { Trial } from './trial.ts';
import { trialKey, type TrialSpec } from './specs.ts';

export interface Ledger {
  /** Those in the file and those added since. */
  readonly trials: readonly Trial[];
  has(spec: TrialSpec): boolean;
  add(trial: Trial): Promise<void>;
}

/** Without a file it only remembers. A last line that was cut off is passed over. */
export async function openLedger(file: string | undefined): Promise<Ledger> {
  const trials = file === undefined ? [] : await readTrials(file);
  const known = new Set(trials.map(trialKey));
  return {
    trials,
    has: (spec) => known.has(trialKey(spec)),
    async add(trial) {
      trials.push(trial);
      known.add(trialKey(trial));
      if (file !== undefined) await appendFile(file, `${JSON.stringify(trial)}\n`);
    },
  };
}

async function readTrials(file: string): Promise<Trial[]> {
  const text = await readFile(file, 'utf8').catch(() => '');
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  return whole.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Trial]));
}
