// What we look at in a node: whether new pods may go there, and whether anything is being done to it.
import { z } from '../model/schema.ts';

const nodeSchema = z.object({
  metadata: z.object({ name: z.string(), labels: z.record(z.string(), z.string()).default({}) }),
  spec: z
    .object({
      unschedulable: z.boolean().default(false),
      taints: z.array(z.object({ key: z.string(), effect: z.string() })).default([]),
    })
    .prefault({}),
  status: z
    .object({ conditions: z.array(z.object({ type: z.string(), status: z.string() })).default([]) })
    .prefault({}),
});

export interface NodeView {
  readonly name: string;
  readonly ready: boolean;
  readonly cordoned: boolean;
  /** Pods of ours, which tolerate nothing, can be put here. */
  readonly schedulable: boolean;
}

/** Reads `kubectl get nodes -o json`, for all or for some. Throws when it is something else. */
export function readNodes(json: unknown): NodeView[] {
  // Asked for by name, a single node comes without a list around it.
  const list = z.object({ items: z.array(nodeSchema) }).safeParse(json);
  return (list.success ? list.data.items : [nodeSchema.parse(json)]).map(view);
}

function view({ metadata, spec, status }: z.infer<typeof nodeSchema>): NodeView {
  const ready = status.conditions.some(({ type, status: state }) => type === 'Ready' && state === 'True');
  const keptAway = spec.taints.some(({ effect }) => effect === 'NoSchedule' || effect === 'NoExecute');
  const linux = (metadata.labels['kubernetes.io/os'] ?? 'linux') === 'linux';
  return {
    name: metadata.name,
    ready,
    cordoned: spec.unschedulable,
    schedulable: ready && linux && !spec.unschedulable && !keptAway,
  };
}
