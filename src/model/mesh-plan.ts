// What the mesh's coordinator tells an agent: whom to hold connections to, by which path, and which nodes are left out and why.
import { addressPattern, nodeNamePattern, zonePattern } from './mesh-names.ts';
import { z } from './schema.ts';

/** Where a target is, seen from the agent. */
export const meshClasses = ['same-node', 'same-zone', 'cross-zone'] as const;
export type MeshClass = (typeof meshClasses)[number];

/** Through a Service's address, or straight to the pod. */
export const meshPaths = ['service', 'pod-ip'] as const;
export type MeshPath = (typeof meshPaths)[number];

/** Why nothing is to be expected of a node: something planned or known happens to it, or to its server. */
export const leftOutReasons = [
  'node-cordoned',
  'node-not-ready',
  'node-deleting',
  'target-deleted',
  'target-not-ready',
] as const;
export type LeftOutReason = (typeof leftOutReasons)[number];

/**
 * Why a failure is not counted: the reasons above; the API's word on the node is doubted; its connection had not had its first answer;
 * the tool's own doing, or the agent's node was cut off itself.
 */
export const exclusionCauses = [
  ...leftOutReasons,
  'node-in-doubt',
  'before-first-answer',
  'own-rollout',
  'own-stall',
  'own-isolation',
] as const;
export type ExclusionCause = (typeof exclusionCauses)[number];

/** What an agent refuses of what it is told: answers of a coordinator, plans, targets of a plan, what a server says of itself. */
export const refusalReasons = [
  'too-large',
  'malformed',
  'other-node',
  'redirect',
  'unauthenticated',
  'address',
  'port',
  'unexpected-server',
] as const;
export type RefusalReason = (typeof refusalReasons)[number];

/** An agent takes no more than this of a plan: some 20 times the connections that K = 10 makes, and all nodes of a large cluster left out. */
export const planBounds = { bytes: 1_048_576, targets: 500, connections: 500, leftOut: 10_000 } as const;

const nodeNameSchema = z.string().regex(nodeNamePattern);
const zoneSchema = z.string().regex(zonePattern);

const leftOutSchema = z.object({ node: nodeNameSchema, reason: z.enum(leftOutReasons) });

const meshTargetSchema = z.object({
  /** Null for the Service of all servers, whose connections land on any node; the server says on which. */
  node: nodeNameSchema.nullable(),
  zone: zoneSchema.nullable(),
  /** With a null node, what a connection counts as that was never made. */
  class: z.enum(meshClasses),
  path: z.enum(meshPaths),
  address: z.string().regex(addressPattern),
  port: z.number().int().min(1).max(65_535),
  /** How many to hold. */
  connections: z.number().int().min(1).max(planBounds.connections),
});
export type MeshTarget = z.infer<typeof meshTargetSchema>;

/** `GET /v1/plan/NODE` */
export const meshPlanSchema = z.object({
  schemaVersion: z.literal(1),
  /** The same for the same content; also the ETag. */
  revision: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/),
  node: nodeNameSchema,
  /** Empty when the node has no zone. */
  zone: zoneSchema,
  targets: z
    .array(meshTargetSchema)
    .max(planBounds.targets)
    .refine((targets) => connectionsOf(targets) <= planBounds.connections),
  leftOut: z.array(leftOutSchema).max(planBounds.leftOut),
  /** Of the own node and the targets: those that the API speaks against and that are probed all the same. */
  doubted: z.array(leftOutSchema).max(planBounds.leftOut).default([]),
});
export type MeshPlan = z.infer<typeof meshPlanSchema>;

/** `GET /v1/nodes/NODE` */
export const meshNodeStateSchema = z.object({
  node: nodeNameSchema,
  zone: zoneSchema,
  leftOut: z.enum(leftOutReasons).nullable(),
  /** As in the plan. */
  doubt: z.enum(leftOutReasons).nullable().default(null),
});
export type MeshNodeState = z.infer<typeof meshNodeStateSchema>;

function connectionsOf(targets: readonly MeshTarget[]): number {
  return targets.reduce((sum, { connections }) => sum + connections, 0);
}
