// What the mesh's coordinator tells an agent: whom to hold connections to, by which path, and which nodes are left out and why.
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

const leftOutSchema = z.object({ node: z.string(), reason: z.enum(leftOutReasons) });

const meshTargetSchema = z.object({
  /** Null for the Service of all servers, whose connections land on any node; the server says on which. */
  node: z.string().nullable(),
  zone: z.string().nullable(),
  /** With a null node, what a connection counts as that was never made. */
  class: z.enum(meshClasses),
  path: z.enum(meshPaths),
  /** A name or an IP address. */
  address: z.string().min(1),
  port: z.number().int().min(1).max(65_535),
  /** How many to hold. */
  connections: z.number().int().min(1).max(1_000),
});
export type MeshTarget = z.infer<typeof meshTargetSchema>;

/** `GET /v1/plan/NODE` */
export const meshPlanSchema = z.object({
  schemaVersion: z.literal(1),
  /** The same for the same content; also the ETag. */
  revision: z.string().min(1),
  node: z.string().min(1),
  /** Empty when the node has no zone. */
  zone: z.string(),
  targets: z.array(meshTargetSchema),
  leftOut: z.array(leftOutSchema),
  /** Of the own node and the targets: those that the API speaks against and that are probed all the same. */
  doubted: z.array(leftOutSchema).default([]),
});
export type MeshPlan = z.infer<typeof meshPlanSchema>;

/** `GET /v1/nodes/NODE` */
export const meshNodeStateSchema = z.object({
  node: z.string(),
  zone: z.string(),
  leftOut: z.enum(leftOutReasons).nullable(),
  /** As in the plan. */
  doubt: z.enum(leftOutReasons).nullable().default(null),
});
export type MeshNodeState = z.infer<typeof meshNodeStateSchema>;
