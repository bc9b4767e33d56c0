// What a run made goes away some minutes after its command died: everything belongs to a Job that is done at once and is kept alive.
import { performance } from 'node:perf_hooks';
import { z } from '../model/schema.ts';
import { messageOf, Problem } from '../model/problem.ts';
import { ownName } from '../system/own-program.ts';
import { pause } from '../system/pause.ts';
import type { Kubectl } from '../system/tools/kubectl.ts';
import { applyObjects } from './apply-objects.ts';
import type { KubeObject, OwnerReference } from './experiment-objects.ts';
import { runLabel } from './names.ts';

export interface DeadlineSpec {
  readonly runId: string;
  /** Named in the Job, and never started. */
  readonly image: string;
  /** The path of the file of that name in which what was applied is kept. */
  readonly keptAs: (name: string) => string;
  /** Something that the user wants to know. */
  readonly onNote: (sentence: string) => void;
}

export interface Deadlines {
  /**
   * Sets a deadline in the namespace (default: kubectl's) and resolves with the owner that objects there must name to go with it; null
   * where it may not be set, which is said. Throws only an `interrupted` Problem.
   */
  ownerIn(namespace?: string): Promise<OwnerReference | null>;
  /** Ends the renewing; resolves when none is under way. */
  stop(): Promise<void>;
}

/** How long after the last renewal Kubernetes removes what the run made, and how often it is renewed. */
export const graceMs = 600_000;
export const renewEveryMs = 60_000;

/** A run that leaves everything in the cluster has no deadline. */
export const noDeadlines: Deadlines = { ownerIn: () => Promise.resolve(null), stop: () => Promise.resolve() };

/** @param everyMs Between two renewals. */
export function createDeadlines(kubectl: Kubectl, spec: DeadlineSpec, everyMs = renewEveryMs): Deadlines {
  // What tidies up after Ctrl-C takes its time, too.
  const patient = kubectl.withSignal(undefined);
  const stopping = new AbortController();
  const renewals: Promise<void>[] = [];
  return {
    async ownerIn(namespace) {
      const sinceStart = stopwatch();
      const job = deadlineJob(spec, ttlSeconds(0));
      let owner: OwnerReference;
      try {
        const file = spec.keptAs(`applied-deadline${namespace === undefined ? '' : '-observers'}.json`);
        const applied = await applyObjects(kubectl, [job], file, namespace);
        owner = ownerOf(applied);
      } catch (error) {
        if (!(error instanceof Problem) || error.kind === 'interrupted') throw error;
        spec.onNote(
          `No deadline could be set: after a kill of this command its pods would stay until "${ownName()} cluster cleanup --run ${spec.runId}". ${messageOf(error)}`,
        );
        return null;
      }
      renewals.push(renew(job.metadata.name, namespace, sinceStart));
      return owner;
    },
    async stop() {
      stopping.abort();
      await Promise.all(renewals);
    },
  };

  async function renew(name: string, namespace: string | undefined, sinceStart: () => number): Promise<void> {
    const where = namespace === undefined ? [] : [`--namespace=${namespace}`];
    for (;;) {
      await pause(everyMs, stopping.signal);
      if (stopping.signal.aborted) return;
      const patch = JSON.stringify({ spec: { ttlSecondsAfterFinished: ttlSeconds(sinceStart()) } });
      // A patch makes no new Job where the old one is gone. What fails is tried again before the grace is over.
      const words = ['patch', 'job', name, ...where, '--type=merge', `--patch=${patch}`, '--output=name'];
      const answer = await patient.ask(words, { attempts: 1 });
      if (!answer.ok && answer.failure.kind === 'not-found') {
        spec.onNote(
          `Job ${name} is gone, and what the run made goes with it: somebody removed it, or this machine slept.`,
        );
        return;
      }
    }
  }
}

/** From the Job's own end, which is its beginning. */
const ttlSeconds = (elapsedMs: number): number => Math.ceil((elapsedMs + graceMs) / 1_000);

/** Milliseconds since now. The steady clock stands still while the machine sleeps, and the other one may be set back: the longer counts. */
function stopwatch(): () => number {
  const [steady, wall] = [performance.now(), Date.now()];
  return () => Math.max(performance.now() - steady, Date.now() - wall);
}

/** Wants no completion, so that it is complete at once, and runs no pod. */
export function deadlineJob(
  { runId, image }: Pick<DeadlineSpec, 'runId' | 'image'>,
  ttlSecondsAfterFinished: number,
): KubeObject {
  const labels = { app: 'netdebug', [runLabel]: runId };
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: `netdebug-deadline-${runId}`, labels },
    spec: {
      completions: 0,
      parallelism: 0,
      ttlSecondsAfterFinished,
      template: {
        metadata: { labels },
        spec: {
          restartPolicy: 'Never',
          automountServiceAccountToken: false,
          securityContext: {
            runAsNonRoot: true,
            runAsUser: 65_532,
            seccompProfile: { type: 'RuntimeDefault' },
          },
          containers: [
            {
              name: 'never-started',
              image,
              securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
            },
          ],
        },
      },
    },
  };
}

const appliedSchema = z.object({ metadata: z.object({ name: z.string(), uid: z.string() }) });

/** @param applied One object, or a list of one, as kubectl's version has it. */
function ownerOf(applied: unknown): OwnerReference {
  const list = z.object({ items: z.tuple([appliedSchema]) }).safeParse(applied);
  const { metadata } = list.success ? list.data.items[0] : appliedSchema.parse(applied);
  return { apiVersion: 'batch/v1', kind: 'Job', name: metadata.name, uid: metadata.uid };
}
