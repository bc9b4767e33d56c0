// The one record between the stages of a run: everything after the observers reads and writes only this and the run's folder.
import { authors } from './author.ts';
import { certainties } from './certainty.ts';
import { clusterRecordSchema } from './cluster-record.ts';
import { decidingCommandSchema } from './what-decides.ts';
import { firstScreenSchema } from './first-screen.ts';
import { ladderSchema } from './ladder.ts';
import { lastMomentsSchema } from './last-moments.ts';
import { lostOutputSchema } from './lost-output.ts';
import { missingWitnessSchema } from './missing-witness.ts';
import { dataplaneSchema } from './node-event.ts';
import { failureKinds } from './probe-event.ts';
import { z } from './schema.ts';
import { shownConnectionSchema } from './shown-connection.ts';

export const outcomes = ['co-located-only', 'remote-only', 'both', 'none', 'inconclusive'] as const;
export const outcomeSchema = z.enum(outcomes);
export type Outcome = z.infer<typeof outcomeSchema>;

const count = z.number().int().nonnegative();
const amount = z.number().nonnegative();
/** A cause of the catalogue: what a diagnosis names is of its own version’s, since that hands it its models; any is read. */
const causeName = z.string().regex(/^[a-z][a-z0-9-]{0,63}$/);

/** `high` is null when nothing bounds it (no exposure). */
const rateSchema = z.object({ estimate: amount.nullable(), low: amount, high: amount.nullable() });
export type Rate = z.infer<typeof rateSchema>;

export const classSummarySchema = z.object({
  name: z.string(),
  target: z.string(),
  /** Connections held at the same time. */
  connections: count,
  connectionSeconds: amount,
  /** From the class's first connection to its last event. */
  wallSeconds: amount,
  /** Sent: those that were answered, and those whose connection ended before the answer. */
  probes: count,
  /** Absent in older records. */
  answered: count.optional(),
  resets: count,
  episodes: count,
  otherFailures: z.object({
    refused: count,
    timeout: count,
    closed: count,
    unreachable: count,
    other: count,
  }),
  /** Attempts that failed before their connection's first answer: none of them is counted above. Absent in older records. */
  beforeFirstAnswer: z
    .object({
      reset: count,
      refused: count,
      timeout: count,
      closed: count,
      unreachable: count,
      other: count,
    })
    .optional(),
  /** Of `connections`, those that ended without ever having had an answer. Absent in older records. */
  neverAnswered: count.optional(),
  /** Resets per connection-hour with an exact 95% Poisson interval (Garwood 1936). */
  resetsPerHour: rateSchema,
  /** Episodes per hour of wall time, likewise. */
  episodesPerHour: rateSchema,
  latencyMs: z.object({ p50: amount.nullable(), p99: amount.nullable() }),
});
export type ClassSummary = z.infer<typeof classSummarySchema>;

/** A quantile of the latency, milliseconds, with an interval; `high` is null where there are too few answers to bound it. */
const quantilePairSchema = z.object({ coLocated: rateSchema, remote: rateSchema });

/** Latency of the two classes, from when a probe was due. All four intervals hold together at 95%. */
const latencyComparisonSchema = z.object({
  p50: quantilePairSchema,
  p99: quantilePairSchema,
  /** The intervals of one of the quantiles lie apart. */
  differs: z.boolean(),
});
export type LatencyComparison = z.infer<typeof latencyComparisonSchema>;

/** What a verdict rests on. All bounds and e-values hold at every moment of the run at once, however often it was looked at. */
const verdictBasisSchema = z.object({
  /** The accepted probability of a wrong decision. */
  alpha: z.number().gt(0).lt(1),
  /** Evidence that the classes differ; decided from 1/alpha on. At most 1e300. */
  eValue: amount,
  /** How many times the remote class's rate the co-located one's is. */
  rateRatio: z.object({ estimate: amount.nullable(), low: amount, high: amount.nullable() }),
  /** Time in which both classes had an open connection: the exposure of the comparison, the same for both. */
  sharedSeconds: amount,
  /** Triggers by whom they hit. `waiting`: too recent to say. `unshared`: while only one class was watched; not compared. */
  triggers: z.object({ coLocated: count, remote: count, common: count, waiting: count, unshared: count }),
  /** The co-located share of triggers if there is no difference; a range when the connection counts are not equal. */
  nullShare: z.object({ low: amount, high: amount }),
  /** Episodes per hour in which the class had an open connection; each bound holds with probability 1 − alpha on its own. */
  episodesPerHour: z.object({ coLocated: rateSchema, remote: rateSchema }),
  /** The rate below which a class counts as not hit. */
  maxRatePerHour: amount,
  /** How much longer to run, if things go on as they did; null when decided or not foreseeable. */
  needSeconds: amount.nullable(),
  latency: latencyComparisonSchema.optional(),
  /** The outcome with half, the same and twice the episode window. */
  sensitivity: z.array(z.object({ episodeWindowMs: amount, outcome: outcomeSchema })),
});
export type VerdictBasis = z.infer<typeof verdictBasisSchema>;

export const verdictSchema = z.object({
  outcome: outcomeSchema,
  /** In the outcome: one minus the probability of evidence this strong if it were wrong. 0 when inconclusive. */
  confidence: z.number().min(0).max(1),
  sentence: z.string(),
  /** Absent when a class was never answered, so that there was nothing to compare. */
  basis: verdictBasisSchema.optional(),
});
export type Verdict = z.infer<typeof verdictSchema>;

const evidenceItemSchema = z.object({
  source: z.string(),
  at: z.string(),
  text: z.string(),
  /** Relative to the run's folder; null when the line is nobody's file. */
  file: z.string().nullable(),
});
export type EvidenceItem = z.infer<typeof evidenceItemSchema>;

export const findingSchema = z.object({
  cause: causeName,
  /** Who sent the RST, or ended the connection. */
  author: z.enum(authors).default('unknown'),
  /** How sure each of the two is; absent in records of version 1, which have a confidence in its stead. */
  certainty: z.object({ author: z.enum(certainties), cause: z.enum(certainties) }).optional(),
  confidence: z.number().min(0).max(1).optional(),
  classes: z.array(z.string()),
  /** How many connections this explains. */
  connections: count,
  /** How these ended, as the client, or the wire, told it; absent in older records. */
  ended: z.partialRecord(z.enum(failureKinds), count).optional(),
  sentence: z.string(),
  /** Whom nothing excludes, of the connection that is shown. */
  suspects: z.array(z.enum(authors)).default([]),
  /** Who it cannot have been, and why not. */
  exclusions: z
    .array(
      z.object({ author: z.enum(authors), because: z.string(), basis: z.enum(['physics', 'convention']) }),
    )
    .default([]),
  /** Causes that are not excluded beside the named one, and what was seen of them. */
  rivals: z
    .array(
      z.object({
        cause: causeName,
        because: z.string(),
        /** Witnesses that did not run, or could not tell, of which each would have shown it; absent in older records. */
        unseen: z.array(z.string()).optional(),
      }),
    )
    .default([]),
  evidence: z.array(evidenceItemSchema),
  /** That same connection, drawn by reports; absent in older records, and where no entry of it is known. */
  shown: shownConnectionSchema.optional(),
  /** Its last packets; absent where none of them was captured, and in older records. */
  ladder: ladderSchema.optional(),
  /** How it ended; absent in older records. */
  lastMoments: lastMomentsSchema.optional(),
  /** Of version 1: the next best cause, and what speaks against it. */
  against: z.object({ cause: causeName, because: z.array(z.string()) }).nullish(),
  /** Evidence that was not collected and would have helped; what would decide first. */
  missing: z.array(z.string()).default([]),
  fixes: z.array(z.string()),
  /** What would decide what is not proven; absent where nothing is, where no witness of ours would, and in older records. */
  toDecide: decidingCommandSchema.optional(),
});
export type Finding = z.infer<typeof findingSchema>;

const seenDataplaneSchema = dataplaneSchema.extend({ seenBy: z.literal('observer') });
/** What a node's own rules, chains and links say of its dataplane; null for what they do not tell. */
export type SeenDataplane = z.infer<typeof seenDataplaneSchema>;

export const runRecordSchema = z.object({
  /** Version 1 had weights and a confidence where 2 has certainties, exclusions and rivals. */
  schemaVersion: z.union([z.literal(1), z.literal(2)]),
  kind: z.enum(['lab', 'cluster', 'import']),
  scenario: z.string().nullable(),
  factors: z.record(z.string(), z.boolean()),
  /** Absent in records of before there were variants. */
  variant: z.string().nullable().optional(),
  fix: z.string().nullable(),
  /** Programs whose connections these were, in the lab; absent where they were our own probes’. */
  workload: z.string().optional(),
  /** Where the server was, in the lab; absent where it was in a pod of its own. */
  server: z.enum(['node']).optional(),
  /** How kube-proxy translated, in the lab; absent where it was by iptables. */
  dataplane: z.enum(['nftables']).optional(),
  /** How clients reached the Service, in the lab; absent where it was by its own address from pods of their own. */
  access: z.enum(['nodeport', 'hairpin']).optional(),
  /** Of all addresses, in the lab; absent where it was IPv4. */
  family: z.enum(['ipv6']).optional(),
  seed: z.number().int().nullable(),
  /** How many times faster than real the scenario's periods ran. */
  speed: z.number().positive(),
  startedAt: z.string(),
  durationSeconds: amount,
  /** False when the run was interrupted or broke off: what is here is what there was. */
  complete: z.boolean(),
  /** Of a run on a cluster; absent in older records. */
  cluster: clusterRecordSchema.optional(),
  classes: z.array(classSummarySchema),
  verdict: verdictSchema,
  findings: z.array(findingSchema),
  /** What was to come out, the outcome or (of programs that are not ours) the cause, and whether it did. Absent where nothing was expected, in a run that its user broke off, and in older records. */
  expected: z
    .discriminatedUnion('of', [
      z.object({ of: z.literal('outcome'), value: outcomeSchema, met: z.boolean() }),
      /** Null: nothing is wrong there. */
      z.object({ of: z.literal('cause'), value: causeName.nullable(), met: z.boolean() }),
    ])
    .optional(),
  /** What every format says first; in what is printed as JSON alone, as it follows from the rest. */
  firstScreen: firstScreenSchema.optional(),
  /** Witnesses that were asked for and did not see, or not all of it; absent where all did, and in older records. */
  missingWitnesses: z.array(missingWitnessSchema).optional(),
  /** Output that could not be written, or not all of it; absent where all was, and in older records. */
  lostOutput: z.array(lostOutputSchema).optional(),
  /** By node: who moves its packets, as the rules say that its observer saw. Absent where nobody observed. */
  dataplanes: z.record(z.string(), seenDataplaneSchema).optional(),
});
export type RunRecord = z.infer<typeof runRecordSchema>;
