// What stands where the cure would.
import type { LossAnswer } from '../../model/first-screen.ts';

export const noCure = ({ why }: Pick<LossAnswer, 'why'>): string =>
  why.cause === 'unknown' ? 'none while the cause is open' : 'none is known';
