// matrix.json: which runs `lab matrix` made side by side, and what was expected of each.
import { outcomeSchema } from './run-record.ts';
import { z } from './schema.ts';

export const matrixRecordSchema = z.object({
  schemaVersion: z.literal(1),
  kind: z.literal('matrix'),
  scenario: z.string(),
  cells: z
    .array(
      z.object({
        /** The run's folder, beside matrix.json: one name, no path. */
        folder: z.string().regex(/^(?!\.)[^/\\]+$/),
        expected: outcomeSchema,
      }),
    )
    .max(500),
});
export type MatrixRecord = z.infer<typeof matrixRecordSchema>;
