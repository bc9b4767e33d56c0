// What all events of a node have in common.
import { z } from './schema.ts';

/** One direction of a connection. */
export const tupleSchema = z.object({
  src: z.string(),
  dst: z.string(),
  sport: z.number().int(),
  dport: z.number().int(),
});

export const base = {
  /** ISO 8601 with microseconds. */
  at: z.string(),
  node: z.string(),
  /** Which witness, be it one of a newer version that we do not know; also the `source` of evidence in findings. */
  source: z.string().regex(/^[a-z][a-z0-9-]{0,62}$/),
  /** The line as the tool printed it. */
  text: z.string(),
  /** The raw file it is in, relative to the run's folder. */
  file: z.string(),
};

/** A program, as its node knows it. */
export const processSchema = z.object({
  /** In the node's own pid namespace. */
  pid: z.number().int().nullable(),
  /** The program's name without its arguments, which may hold secrets. */
  command: z.string().nullable(),
  /** What it was started with, the program's own name included: only where that was asked for, because it may hold secrets. */
  arguments: z.array(z.string()).optional(),
  container: z.string().nullable(),
  /** NAMESPACE/NAME */
  pod: z.string().nullable(),
});
