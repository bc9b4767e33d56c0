// Makes sure that there is a kubectl that is new enough and a cluster that answers, and holds on to that one cluster and namespace.
import { z } from '../model/schema.ts';
import { Problem } from '../model/problem.ts';
import { findKubectl, type Kubectl, type KubectlTarget } from '../system/tools/kubectl.ts';
import { isTooOld, oldestKubectl, readVersions, type Version } from '../system/tools/kubectl-version.ts';

export interface ReachedCluster {
  /** Bound to context and namespace by name, whatever the user's current context becomes while a run lasts. */
  readonly kubectl: Kubectl;
  readonly context: string;
  readonly namespace: string;
  readonly clientVersion: Version;
  readonly serverVersion: Version;
}

const configSchema = z.object({
  'current-context': z.string(),
  contexts: z
    .array(
      z.object({ name: z.string(), context: z.object({ namespace: z.string().optional() }).default({}) }),
    )
    .nullish(),
});

/**
 * Reaches the cluster. Throws `missing` Problems for a kubectl that is missing or too old, no context, no answer, no login; and a
 * `usage` one for a namespace that does not exist.
 */
export async function reachCluster(target: KubectlTarget, signal?: AbortSignal): Promise<ReachedCluster> {
  const first = findKubectl(target, signal);
  const { client } = readVersions(await first.json(['version', '--client']));
  if (isTooOld(client)) {
    throw new Problem(
      'missing',
      `kubectl ${client.text} is too old; install ${oldestKubectl.major}.${oldestKubectl.minor} or newer, as https://kubernetes.io/docs/tasks/tools/ says.`,
    );
  }
  const config = configSchema.parse(await first.json(['config', 'view', '--minify']));
  // --minify leaves the one context that is used, and names it as the current one.
  const context = config['current-context'];
  const namespace =
    target.namespace ?? config.contexts?.find((one) => one.name === context)?.context.namespace ?? 'default';
  const kubectl = findKubectl({ ...target, context, namespace }, signal);
  const { server } = readVersions(await kubectl.json(['version']));
  if (server === undefined)
    throw new Problem('missing', `The cluster of context ${context} did not say its version.`);
  await checkNamespace(kubectl, namespace);
  return { kubectl, context, namespace, clientVersion: client, serverVersion: server };
}

async function checkNamespace(kubectl: Kubectl, namespace: string): Promise<void> {
  const answer = await kubectl.ask(['get', 'namespace', namespace, '--output=json']);
  // Who may not read namespaces may still work in this one.
  if (answer.ok || answer.failure.kind === 'forbidden') return;
  if (answer.failure.kind === 'not-found') {
    throw new Problem(
      'usage',
      `The cluster has no namespace "${namespace}"; make it with "kubectl create namespace ${namespace}", or choose one with --namespace.`,
    );
  }
  throw new Problem('missing', answer.failure.sentence);
}
