// Which kubectl there is and which cluster it reaches, for those who ask for versions: nothing of it is an error.
import { findTool } from '../system/find-tool.ts';
import { findKubectl, type Kubectl } from '../system/tools/kubectl.ts';
import { readVersions, type Versions } from '../system/tools/kubectl-version.ts';

export interface ClusterVersions {
  /** kubectl's own, `v1.32.4`; null where there is none, or none that says it. */
  readonly kubectl: string | null;
  /** Null where none was asked, or none answered in time. */
  readonly cluster: ReachableCluster | null;
}

interface ReachableCluster {
  /** kubectl's current one; null in a pod, where it needs none. */
  readonly context: string | null;
  /** The API server's: `v1.32.4`. */
  readonly version: string;
}

/** Half of what a call may take before it is given up (src/system/tools/kubectl.ts), so that all are done within three seconds. */
const call = { timeoutMs: 1_500, attempts: 1 } as const;

/**
 * Asks kubectl, and through it the cluster of its current context unless `askCluster` is false; takes three seconds at most. Rejects
 * only with an `interrupted` Problem, once `signal` aborts.
 */
export async function clusterVersions(askCluster: boolean, signal: AbortSignal): Promise<ClusterVersions> {
  if (findTool('kubectl') === undefined) return { kubectl: null, cluster: null };
  const kubectl = findKubectl({}, signal);
  const [own, cluster] = await Promise.all([
    versionsOf(kubectl, ['version', '--client']),
    askCluster ? reachable(kubectl) : null,
  ]);
  return { kubectl: own?.client.text ?? null, cluster };
}

async function reachable(kubectl: Kubectl): Promise<ReachableCluster | null> {
  const [context, versions] = await Promise.all([
    kubectl.ask(['config', 'current-context'], call),
    versionsOf(kubectl, ['version']),
  ]);
  if (versions?.server === undefined) return null;
  return { context: context.ok ? context.stdout.trim() : null, version: versions.server.text };
}

async function versionsOf(kubectl: Kubectl, words: readonly string[]): Promise<Versions | null> {
  const answer = await kubectl.ask([...words, '--output=json'], call);
  if (!answer.ok) return null;
  try {
    return readVersions(JSON.parse(answer.stdout));
  } catch {
    return null;
  }
}
