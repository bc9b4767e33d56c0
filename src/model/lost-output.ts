// Output that could not be written, or not all of it; said while a run lasts, in its record and in its reports.
import { z } from './schema.ts';

export const lostOutputSchema = z.object({
  /** Relative to the run's folder; `stdout` for standard output. */
  file: z.string(),
  /** What the kernel said, in words. */
  error: z.string(),
  /** Between these times lines are left out, whole ones; `until` is null when nothing could be written any more. */
  since: z.string(),
  until: z.string().nullable(),
});
export type LostOutput = z.infer<typeof lostOutputSchema>;

/** `events.ndjson could not be written from 2026-11-23T06:11:14.987000Z on: the disk is full (ENOSPC)` */
export function lostSentence({ file, error, since, until }: LostOutput): string {
  const time = until === null ? `from ${since} on` : `between ${since} and ${until}`;
  return `${file} could not be written ${time}: ${error}`;
}
