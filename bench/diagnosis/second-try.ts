// A run that fails is made once more; one that fails again is kept as that, so that it is counted and stops nothing.
import type { Trial } from './ledger.ts';
import type { TrialSpec } from './specs.ts';

/** One line of the ledger and of the page has room for so much. */
const longestReason = 300;

/** Never rejects. The second try has the same seed: another one would be another run. */
export async function triedTwice(
  spec: TrialSpec,
  run: (spec: TrialSpec) => Promise<Trial>,
  onFailed: (reason: string) => void = () => undefined,
): Promise<Trial> {
  const first = await attempt(spec, run);
  if (typeof first !== 'string') return first;
  onFailed(first);
  const second = await attempt(spec, run);
  if (typeof second !== 'string') return { ...second, firstFailed: first };
  return {
    ...spec,
    failed: second,
    ...{ outcome: '', resets: 0, failures: 0, milliseconds: 0, answers: {} },
    ...(first === second ? {} : { firstFailed: first }),
  };
}

/** What came of it, or why nothing did. */
async function attempt(spec: TrialSpec, run: (spec: TrialSpec) => Promise<Trial>): Promise<Trial | string> {
  try {
    return await run(spec);
  } catch (error) {
    const reason = (error instanceof Error ? error.message : String(error)).replaceAll(/\s+/g, ' ').trim();
    return reason.length > longestReason ? `…${reason.slice(1 - longestReason)}` : reason;
  }
}
