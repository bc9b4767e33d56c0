// What the mesh's coordinator says of its plan as a whole: `GET /v1/coverage`.
import { leftOutReasons } from './mesh-plan.ts';
import { z } from './schema.ts';

const count = z.number().int().nonnegative();
const namedSchema = z.object({ node: z.string(), reason: z.enum(leftOutReasons) });

const coverageSchema = z.object({
  planned: count,
  /** Planned nodes that nobody else probes. */
  uncovered: z.array(z.string()),
  /** How many others probe a planned node; `least` is null when none is planned. */
  inDegree: z.object({ least: count.nullable(), most: count, mean: z.number().nonnegative() }),
});

export const meshCoverageSchema = z.object({
  schemaVersion: z.literal(1),
  /** As planned. */
  plan: coverageSchema,
  /** Counting only agents that poll. */
  now: coverageSchema,
  leftOut: z.array(namedSchema),
  /** Planned against what the API says of them. */
  held: z.array(namedSchema).default([]),
  /** Planned, and their agents do not poll. */
  missing: z.array(z.string()).default([]),
  /** Since the plan last became another one; null when that is not said. */
  planAgeSeconds: z.number().nonnegative().nullable().default(null),
  /** Whether the coordinator hears the Kubernetes API. */
  synced: z.boolean().default(true),
  /** By planned node: who ought to probe it. */
  probers: z.record(z.string(), z.array(z.string())),
});
export type MeshCoverage = z.infer<typeof meshCoverageSchema>;
