// What `netdebug watch` says: one line for each lost connection, said again where later evidence changes it, and a summary at the end.
import { authors } from './author.ts';
import { certainties } from './certainty.ts';
import { firstScreenSchema } from './first-screen.ts';
import { ladderSchema } from './ladder.ts';
import { lastMomentsSchema } from './last-moments.ts';
import { lostOutputSchema } from './lost-output.ts';
import { missingWitnessSchema } from './missing-witness.ts';
import { failureKinds } from './probe-event.ts';
import { z } from './schema.ts';

const count = z.number().int().nonnegative();
const certainty = z.enum(certainties);

/** One end of a connection, with what it is called as far as that is known. */
const watchEndSchema = z.object({
  address: z.string(),
  port: z.number().int().nullable(),
  /** NAMESPACE/NAME of the pod. */
  pod: z.string().nullable(),
  /** NAMESPACE/NAME of the Service that was dialled; of the server's end only. */
  service: z.string().nullable(),
  /** Whose socket it is; its arguments only where they were asked for. */
  process: z
    .object({
      pid: z.number().int().nullable(),
      command: z.string().nullable(),
      container: z.string().nullable(),
      arguments: z.array(z.string()).optional(),
    })
    .nullable(),
});
export type WatchEnd = z.infer<typeof watchEndSchema>;

export const watchLossSchema = z.object({
  schemaVersion: z.literal(1),
  kind: z.literal('lost'),
  /** The same in all revisions. */
  id: z.string(),
  /** 1 when it is said for the first time; a higher one corrects what was said. */
  revision: z.number().int().positive(),
  /** When it was lost: ISO 8601 with microseconds. */
  at: z.string(),
  node: z.string(),
  /** The server's end is what the client dialled; `backend` where that was translated. */
  ends: z.object({
    client: watchEndSchema.nullable(),
    server: watchEndSchema,
    backend: watchEndSchema.nullable(),
  }),
  /** `benign` takes back what was said before: later evidence shows that nothing was lost. */
  ended: z.enum(['reset', 'refused', 'closed', 'timed-out', 'unreachable', 'benign']),
  /** Since it was made, and since anything went over it; null where that is not known. */
  ageMs: z.number().nonnegative().nullable(),
  idleMs: z.number().nonnegative().nullable(),
  /** Questions that were left without an answer; null where nobody can tell. */
  unanswered: count.nullable(),
  author: z.object({ id: z.enum(authors), certainty, text: z.string() }),
  cause: z.object({ id: z.string(), certainty, text: z.string() }),
  exclusions: z.array(z.object({ author: z.enum(authors), because: z.string(), basis: z.string() })),
  rivals: z.array(z.object({ cause: z.string(), because: z.string() })),
  /** Losses with the same have one trigger. */
  episode: z.string().nullable(),
  /** Its last packets, and how it ended, of one that was explained by itself; absent when it is asked for later. */
  ladder: ladderSchema.optional(),
  lastMoments: lastMomentsSchema.optional(),
});
export type WatchLoss = z.infer<typeof watchLossSchema>;

export const watchSummarySchema = z.object({
  schemaVersion: z.literal(1),
  kind: z.literal('summary'),
  node: z.string(),
  from: z.string(),
  to: z.string(),
  /** All that were lost, those that were only counted included. */
  lost: count,
  /** Lost, but too many to be explained one by one. */
  onlyCounted: count,
  /** Ended by a RST that nobody lost anything by. */
  benign: count,
  /** Unanswered at the end, and not lost yet. */
  stalled: count,
  byCause: z.array(
    z.object({
      cause: z.string(),
      certainty,
      author: z.enum(authors),
      authorCertainty: certainty,
      lost: count,
      /** How these ended, and of those how many left a question without an answer; absent in what an older watch answers. */
      ended: z.partialRecord(z.enum(failureKinds), count).optional(),
      unanswered: z.partialRecord(z.enum(failureKinds), count).optional(),
      /** What cures it, and whether the lab has proven that; null where nothing is known. */
      cure: z.string().nullable(),
      /** The one command to type next. */
      next: z.string().nullable(),
      /** Where to type it, where that is another place, or not at once; absent in what an older watch answers. */
      nextWhere: z.string().nullable().optional(),
    }),
  ),
  /** Connections and processes that were watched at the end; null where no witness lists them. */
  watched: z.object({ connections: count.nullable(), processes: count.nullable() }),
  missing: z.array(missingWitnessSchema),
  /** What is said first of it; in what is printed as JSON alone. */
  firstScreen: firstScreenSchema.optional(),
});
export type WatchSummary = z.infer<typeof watchSummarySchema>;

/** What a running watch says of itself to whoever asks it about losses that are past; those follow, and its summary so far. */
const watcherSchema = z.object({
  schemaVersion: z.literal(1),
  kind: z.literal('watcher'),
  node: z.string(),
  pid: z.number().int(),
  from: z.string(),
  /** How long it holds what it saw. */
  keepMs: z.number().positive(),
});
export type Watcher = z.infer<typeof watcherSchema>;

/** One line of its answer. */
export const watchAnswerSchema = z.discriminatedUnion('kind', [
  watcherSchema,
  watchLossSchema,
  watchSummarySchema,
]);

/** The record in the folder of a watch; the evidence beside it is what its report is made from. */
export const watchRunSchema = z.object({
  schemaVersion: z.literal(2),
  kind: z.literal('watch'),
  scenario: z.null(),
  verdict: z.null(),
  classes: z.tuple([]),
  startedAt: z.string(),
  durationSeconds: z.number().nonnegative(),
  /** False while it lasts, and for ever when it was killed. */
  complete: z.boolean(),
  summary: watchSummarySchema,
  /** Output that could not be written, or not all of it; absent where all was. */
  lostOutput: z.array(lostOutputSchema).optional(),
});
export type WatchRun = z.infer<typeof watchRunSchema>;
