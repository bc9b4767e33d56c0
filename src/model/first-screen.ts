// What is said first, in the same words by every format: what was lost, who did it, why, what cures it, what to type next.
import { certainties } from './certainty.ts';
import { z } from './schema.ts';

const count = z.number().int().nonnegative();

/** Words as they are read, and how sure they are; null where nobody said, as in records of version 1. */
const saidSchema = z.object({ words: z.string(), certainty: z.enum(certainties).nullable() });

/** Of connections that were lost in one way: one finding, or one row of a watch's summary. */
const lossAnswerSchema = z.object({
  lost: count,
  /** `12 connections were reset`. */
  what: z.string(),
  who: saidSchema,
  why: saidSchema.extend({ cause: z.string() }),
  /** Null where none is known. */
  cure: z.object({ name: z.string(), words: z.string(), proven: z.enum(['lab', 'inferred']) }).nullable(),
  /** What to type, and where that is not here. */
  next: z.object({ where: z.string().nullable(), command: z.string() }).nullable(),
});
export type LossAnswer = z.infer<typeof lossAnswerSchema>;

export const firstScreenSchema = z.object({
  /** Every loss counts in it; at most 25 words. */
  headline: z.string(),
  /** `lost`: something was. `unsure`: nothing is known to be, and that is not the whole truth. */
  tone: z.enum(['well', 'lost', 'unsure']),
  /** The one of most connections first. */
  answers: z.array(lossAnswerSchema),
  /** What to type where nothing was lost, or nothing is known of it; null where there is nothing to do, or the answers say it. */
  next: z.object({ where: z.string().nullable(), command: z.string() }).nullable(),
  /** Whether it came out as expected, in words; null where nothing was. */
  expected: z.object({ met: z.boolean(), words: z.string() }).nullable(),
});
export type FirstScreen = z.infer<typeof firstScreenSchema>;
