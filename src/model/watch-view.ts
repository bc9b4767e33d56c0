// What the page of a watch shows: its summary, and of each cause some of the newest losses. Kept in the folder of a watch that has one.
import { z } from './schema.ts';
import { watchLossSchema, watchSummarySchema } from './watch-record.ts';

const count = z.number().int().nonnegative();

const lossGroupSchema = z.object({
  cause: z.string(),
  /** All of them. */
  lost: count,
  /** Some of the newest, newest first. */
  newest: z.array(watchLossSchema),
});
export type LossGroup = z.infer<typeof lossGroupSchema>;

export const watchPageSchema = z.object({
  schemaVersion: z.literal(1),
  kind: z.literal('watch-page'),
  node: z.string(),
  /** ISO 8601. */
  startedAt: z.string(),
  /** False while it lasts. */
  isOver: z.boolean(),
  /** The one of most losses first. */
  groups: z.array(lossGroupSchema),
  /** Corrections of losses too long past to be in a group. */
  corrections: count,
  /** What cannot be seen, a sentence each. */
  missing: z.array(z.string()),
  /** So far, while it lasts; null where it has not begun. */
  summary: watchSummarySchema.nullable(),
});
export type WatchPage = z.infer<typeof watchPageSchema>;
