// Finds what runs have created, by label, and removes it, and waits until it is gone.
import { z } from '../model/schema.ts';
import { Problem } from '../model/problem.ts';
import { ownName } from '../system/own-program.ts';
import { pause } from '../system/pause.ts';
import type { Kubectl } from '../system/tools/kubectl.ts';
import { runLabel } from './names.ts';

// Observers' DaemonSets go with their namespace, pods with their Deployment.
const removable = 'deployments,services';
const kinds = `${removable},pods`;
/** What a run makes only where it may: what may not be read or removed here, it has not made. */
const optional = ['configmaps', 'jobs'] as const;

const listSchema = z.object({
  items: z.array(
    z.object({
      kind: z.string(),
      metadata: z.object({
        name: z.string(),
        namespace: z.string().optional(),
        creationTimestamp: z.string().nullish(),
        labels: z.record(z.string(), z.string()).default({}),
      }),
    }),
  ),
});

export interface LeftObject {
  readonly kind: string;
  readonly name: string;
  /** Null for a Namespace itself. */
  readonly namespace: string | null;
  readonly runId: string;
  readonly createdAt: string | null;
}

export interface Removal {
  /** Which runs: `netdebug-run=ID`, or `netdebug-run` for all. */
  readonly selector: string;
  /** Also namespaces with the label, which only runs with observers make; needs rights beyond the namespace. */
  readonly namespaces: boolean;
}

/** What is there. Throws a `missing` Problem when it may not be read; namespaces that may not be read count as none. */
export async function findLeftBehind(
  kubectl: Kubectl,
  { selector, namespaces }: Removal,
): Promise<LeftObject[]> {
  const selected = `--selector=${selector}`;
  const [required, ...others] = await Promise.all([
    kubectl.json(['get', kinds, selected]),
    ...[...optional, ...(namespaces ? ['namespaces'] : [])].map(async (kind): Promise<unknown> => {
      const answer = await kubectl.ask(['get', kind, selected, '--output=json']);
      return answer.ok ? JSON.parse(answer.stdout) : { items: [] };
    }),
  ]);
  const items = [required, ...others].flatMap((list) => listSchema.parse(list).items);
  return items.map(({ kind, metadata }) => ({
    kind,
    name: metadata.name,
    namespace: metadata.namespace ?? null,
    runId: metadata.labels[runLabel] ?? '',
    createdAt: metadata.creationTimestamp ?? null,
  }));
}

/**
 * Removes it and resolves when nothing is left. Throws a `missing` Problem with the command that removes the rest when something
 * is still there after `deadlineMs`, or may not be removed.
 */
export async function removeLeftBehind(
  kubectl: Kubectl,
  removal: Removal,
  deadlineMs = 90_000,
): Promise<void> {
  const { selector } = removal;
  const del = ['--ignore-not-found', '--wait=false', '--output=name', `--selector=${selector}`];
  const commands = [
    ['delete', removable, ...del],
    ...(removal.namespaces ? [['delete', 'namespaces', ...del]] : []),
  ];
  const byHand = `type: ${ownName()} cluster cleanup, or: ${kubectl.shown(['delete', removable, `--selector=${selector}`])}`;
  const deadline = performance.now() + deadlineMs;
  let left = 'everything';
  for (let pauseMs = 100; performance.now() < deadline; pauseMs = Math.min(2_000, pauseMs * 2)) {
    try {
      for (const command of commands) await remove(kubectl, command);
      const kept = await Promise.all(optional.map((kind) => removeOptional(kubectl, kind, del)));
      const rest = (await findLeftBehind(kubectl, removal)).filter((one) => !kept.includes(one.kind));
      if (rest.length === 0) return;
      left = rest.map(({ kind, name }) => `${kind} ${name}`).join(', ');
    } catch (error) {
      if (!(error instanceof Problem) || performance.now() + pauseMs > deadline)
        throw withCommand(error, byHand);
    }
    await pause(pauseMs);
  }
  throw new Problem('missing', `Still there after ${Math.round(deadlineMs / 1_000)} s: ${left}; ${byHand}`);
}

/** Resolves with the kind when it may not be removed here: a Job then goes by its time to live. */
async function removeOptional(
  kubectl: Kubectl,
  kind: (typeof optional)[number],
  del: readonly string[],
): Promise<string | null> {
  const answer = await kubectl.ask(['delete', kind, ...del], { timeoutMs: 20_000 });
  const mayNot = !answer.ok && answer.failure.kind === 'forbidden';
  return mayNot ? { configmaps: 'ConfigMap', jobs: 'Job' }[kind] : null;
}

async function remove(kubectl: Kubectl, command: readonly string[]): Promise<void> {
  const answer = await kubectl.ask(command, { timeoutMs: 20_000 });
  if (!answer.ok && answer.failure.kind !== 'not-found')
    throw new Problem('missing', answer.failure.sentence);
}

function withCommand(error: unknown, byHand: string): unknown {
  if (!(error instanceof Problem)) return error;
  return new Problem(error.kind, `What the run created may still be there: ${error.message} Then ${byHand}`, {
    cause: error,
  });
}
