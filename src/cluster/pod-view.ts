// What we look at in a pod: where it is, whether it works, and why not.
import { z } from '../model/schema.ts';

const containerState = z.object({
  waiting: z.object({ reason: z.string().default(''), message: z.string().default('') }).optional(),
  terminated: z
    .object({ reason: z.string().default(''), exitCode: z.number(), message: z.string().default('') })
    .optional(),
});

const podSchema = z.object({
  metadata: z.object({
    name: z.string(),
    uid: z.string(),
    labels: z.record(z.string(), z.string()).default({}),
    deletionTimestamp: z.string().optional(),
  }),
  spec: z.object({ nodeName: z.string().optional() }).default({}),
  status: z
    .object({
      phase: z.string().default('Pending'),
      reason: z.string().default(''),
      message: z.string().default(''),
      conditions: z
        .array(
          z.object({
            type: z.string(),
            status: z.string(),
            reason: z.string().default(''),
            message: z.string().default(''),
          }),
        )
        .default([]),
      containerStatuses: z
        .array(
          z.object({
            restartCount: z.number().default(0),
            image: z.string().default(''),
            state: containerState.default({}),
            lastState: containerState.default({}),
          }),
        )
        .default([]),
    })
    .prefault({}),
});

/** A reason in Kubernetes' one word, and its message. */
interface Trouble {
  readonly reason: string;
  readonly message: string;
}

export interface PodView {
  readonly name: string;
  readonly uid: string;
  /** The label `component`; empty when it has none. */
  readonly component: string;
  /** Null while the scheduler has found none. */
  readonly node: string | null;
  readonly phase: string;
  readonly ready: boolean;
  /** Somebody has asked for its deletion. */
  readonly deleting: boolean;
  readonly restarts: number;
  /** Why the scheduler has found no node; null when it has, or has not yet looked. */
  readonly unschedulable: string | null;
  /** What its container waits for. */
  readonly waiting: Trouble | null;
  /** How its container's last process ended. */
  readonly lastExit: string | null;
}

/** Reads `kubectl get pods -o json`. Throws when it is something else. */
export function readPods(json: unknown): PodView[] {
  return z
    .object({ items: z.array(podSchema) })
    .parse(json)
    .items.map(view);
}

function view({ metadata, spec, status }: z.infer<typeof podSchema>): PodView {
  const condition = (type: string) => status.conditions.find((one) => one.type === type);
  const scheduled = condition('PodScheduled');
  const [container] = status.containerStatuses;
  const exit = container?.state.terminated ?? container?.lastState.terminated;
  return {
    name: metadata.name,
    uid: metadata.uid,
    component: metadata.labels['component'] ?? '',
    node: spec.nodeName ?? null,
    phase: status.phase,
    ready: condition('Ready')?.status === 'True',
    deleting: metadata.deletionTimestamp !== undefined,
    restarts: container?.restartCount ?? 0,
    unschedulable:
      scheduled?.status === 'False' && scheduled.reason === 'Unschedulable' ? scheduled.message : null,
    waiting: container?.state.waiting ?? null,
    lastExit:
      exit === undefined
        ? null
        : `${exit.reason || 'ended'}, exit code ${exit.exitCode}${exit.message === '' ? '' : `: ${exit.message.trim()}`}`,
  };
}
