// What a diagnosis of anybody's evidence leaves: findings without a run, so without classes and without a verdict.
import { decidingCommandSchema } from './what-decides.ts';
import { firstScreenSchema } from './first-screen.ts';
import { findingSchema } from './run-record.ts';
import { z } from './schema.ts';

const count = z.number().int().nonnegative();

export const diagnosisRecordSchema = z.object({
  schemaVersion: z.literal(2),
  kind: z.literal('diagnose'),
  scenario: z.null(),
  verdict: z.null(),
  classes: z.tuple([]),
  /** The files and folders, as they were given. */
  paths: z.array(z.string()),
  counts: z.object({
    lost: count,
    /** Ended by a RST that nobody lost anything by; null where clients told of their losses themselves, which leaves this open. */
    benign: count.nullable(),
    /** Sent again and again without an answer to the end of what was captured; null likewise. */
    stalled: count.nullable(),
    /** Connections of clients that told of themselves, and never had an answer. */
    neverAnswered: count,
  }),
  findings: z.array(findingSchema),
  /** Some capture could not be read at all: that nothing was lost in it is not known. */
  unread: z.boolean().default(false),
  /** The one thing to run next; null when nothing is open, or when nothing of ours would tell. */
  toDecide: decidingCommandSchema.nullable(),
  /** What every format says first; in what is printed as JSON alone. */
  firstScreen: firstScreenSchema.optional(),
  read: z.object({ probeEvents: count, nodeEvents: count, brokenLines: count }),
  /** What was read and what was left out, one sentence each. */
  notes: z.array(z.string()),
});
export type DiagnosisRecord = z.infer<typeof diagnosisRecordSchema>;
