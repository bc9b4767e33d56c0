// The one record between the stages of a run: everything after the observers reads and writes only this and the run's folder.
import { causeIds } from './cause.ts';
import { z } from './schema.ts';

export const outcomes = ['co-located-only', 'remote-only', 'both', 'none', 'inconclusive'] as const;
export const outcomeSchema = z.enum(outcomes);
export type Outcome = z.infer<typeof outcomeSchema>;

const count = z.number().int().nonnegative();
const amount = z.number().nonnegative();

/** `high` is null when nothing bounds it (no exposure). */
export const rateSchema = z.object({ estimate: amount.nullable(), low: amount, high: amount.nullable() });
export type Rate = z.infer<typeof rateSchema>;

export const classSummarySchema = z.object({
  name: z.string(),
  target: z.string(),
  /** Connections held at the same time. */
  connections: count,
  connectionSeconds: amount,
  /** From the class's first connection to its last event. */
  wallSeconds: amount,
  probes: count,
  resets: count,
  episodes: count,
  otherFailures: z.object({ refused: count, timeout: count, closed: count, unreachable: count, other: count }),
  /** Resets per connection-hour with an exact 95% Poisson interval (Garwood 1936). */
  resetsPerHour: rateSchema,
  /** Episodes per hour of wall time, likewise. */
  episodesPerHour: rateSchema,
  latencyMs: z.object({ p50: amount.nullable(), p99: amount.nullable() }),
});
export type ClassSummary = z.infer<typeof classSummarySchema>;

export const verdictSchema = z.object({
  outcome: outcomeSchema,
  confidence: z.number().min(0).max(1),
  sentence: z.string(),
});
export type Verdict = z.infer<typeof verdictSchema>;

export const evidenceItemSchema = z.object({
  source: z.string(),
  at: z.string(),
  text: z.string(),
  /** Relative to the run's folder; null when the line is nobody's file. */
  file: z.string().nullable(),
});
export type EvidenceItem = z.infer<typeof evidenceItemSchema>;

export const findingSchema = z.object({
  cause: z.enum(causeIds),
  confidence: z.number().min(0).max(1),
  classes: z.array(z.string()),
  /** How many connections this explains. */
  connections: count,
  sentence: z.string(),
  evidence: z.array(evidenceItemSchema),
  fixes: z.array(z.string()),
});
export type Finding = z.infer<typeof findingSchema>;

export const runRecordSchema = z.object({
  schemaVersion: z.literal(1),
  kind: z.enum(['lab', 'cluster', 'import']),
  scenario: z.string().nullable(),
  factors: z.record(z.string(), z.boolean()),
  fix: z.string().nullable(),
  seed: z.number().int().nullable(),
  /** How many times faster than real the scenario's periods ran. */
  speed: z.number().positive(),
  startedAt: z.string(),
  durationSeconds: amount,
  /** False when the run was interrupted or broke off: what is here is what there was. */
  complete: z.boolean(),
  classes: z.array(classSummarySchema),
  verdict: verdictSchema,
  findings: z.array(findingSchema),
});
export type RunRecord = z.infer<typeof runRecordSchema>;
