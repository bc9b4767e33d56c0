// The one thing to run next, where something is open.
import { z } from './schema.ts';

export const decidingCommandSchema = z.object({
  /** Where to run it, and until when. */
  where: z.string(),
  /** For a shell. */
  command: z.string(),
  /** What it would show that is not known. */
  shows: z.string(),
});
export type DecidingCommand = z.infer<typeof decidingCommandSchema>;
