// What a watch of a cluster may not do here, said before anything is started.
import type { ReachedCluster } from '../../cluster/reach-cluster.ts';
import { findWatchRights, watchRole } from '../../cluster/watch-rights.ts';
import { Problem } from '../../model/problem.ts';

/** Says what it goes on without. Throws a `missing` Problem with the Role that grants the rest. */
export async function requireRights(
  { kubectl, namespace, context }: ReachedCluster,
  observerNamespace: string,
  onNote: (sentence: string) => void,
): Promise<void> {
  const { refused, isHopeless } = await findWatchRights(kubectl, observerNamespace);
  for (const { what, why } of refused.filter(({ required }) => !required))
    onNote(`You may not ${what} in all namespaces, ${why}.`);
  if (!isHopeless) return;
  const needed = refused.filter(({ required }) => required).map(({ what, why }) => `${what} (${why})`);
  throw new Problem(
    'missing',
    `You may not ${needed.join('; ')} in context ${context}, namespace ${observerNamespace}.
An administrator can grant it with this (WHO is you, as "kubectl auth whoami" says):

${watchRole(namespace, observerNamespace)}
Without it: whoever may log in to a node can type "sudo netdebug watch" there, and "netdebug explain --symptom" leads from what a client sees to its likely causes.`,
  );
}
