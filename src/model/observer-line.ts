// What an observer on a node and whoever follows it say to each other, a line of JSON each: the observer numbers what it tells, so that
// a follower who was cut off goes on where it was.
import { nodeEventSchema } from './node-event.ts';
import { z } from './schema.ts';

const count = z.number().int().nonnegative();

/** To a follower. */
export const observerLineSchema = z.discriminatedUnion('kind', [
  /** First of all. */
  z.object({
    kind: z.literal('observer'),
    schemaVersion: z.literal(1),
    node: z.string(),
    /** Another one when the observer was started anew: its numbers begin again. */
    run: z.string(),
    version: z.string(),
    /** What was told since the follower was last there and is not held any more. */
    lostBefore: count,
  }),
  z.object({ kind: z.literal('event'), number: count, event: nodeEventSchema }),
  /** A witness that reads at intervals has read all once more after that moment. */
  z.object({ kind: z.literal('read'), witness: z.string(), until: z.string() }),
  /** Every witness has said whether it runs. */
  z.object({ kind: z.literal('begun') }),
  /** All that the observer knew at that moment of its node's clock has been told. */
  z.object({ kind: z.literal('now'), at: z.string() }),
]);
export type ObserverLine = z.infer<typeof observerLineSchema>;

/** From a follower. Every line says that somebody still wants to know. */
export const followerLineSchema = z.object({
  /** In the first line: go on after this number; null for all that is held. */
  after: z.object({ run: z.string(), number: count }).nullable().optional(),
  /** Of which connections it is to tell from now on, in place of what was asked for before: those of these addresses and ports. */
  wanted: z
    .object({
      addresses: z.array(z.string()).readonly(),
      ports: z.array(z.number().int()).readonly(),
    })
    .optional(),
});
export type FollowerLine = z.infer<typeof followerLineSchema>;
