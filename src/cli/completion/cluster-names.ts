// Names that only a cluster knows, asked of the user's own kubectl; where it says nothing in time, there are none.
import { offeredNames } from '../../cluster/offered-names.ts';
import type { KubectlTarget } from '../../system/tools/kubectl.ts';
import type { Offer } from './protocol.ts';
import { names, type Typed } from './typed.ts';

const target = ({ option }: Typed): KubectlTarget => ({
  context: option('--context'),
  namespace: option('--namespace'),
  kubeconfig: option('--kubeconfig'),
});

export const contexts = async (typed: Typed): Promise<readonly Offer[]> =>
  names(await offeredNames(target(typed), ['config', 'get-contexts', '--output=name']));

export const namespaces = async (typed: Typed): Promise<readonly Offer[]> =>
  names(await offeredNames(target(typed), ['get', 'namespaces', '--output=name']));

export const nodes = async (typed: Typed): Promise<readonly Offer[]> =>
  names(await offeredNames(target(typed), ['get', 'nodes', '--output=name']));

/** As kubectl takes them before a slash; the second is its short name. */
const kinds = [
  ['deployment', 'deploy'],
  ['statefulset', 'sts'],
  ['daemonset', 'ds'],
  ['service', 'svc'],
  ['pod', 'po'],
] as const;

/** First the kinds, then of the kind that was typed, by whatever name of it, those that there are. */
export async function workloads(typed: Typed): Promise<readonly Offer[]> {
  const slash = typed.word.indexOf('/');
  if (slash < 0) return kinds.map(([kind]) => ({ value: `${kind}/`, about: '', open: true }));
  const kind = typed.word.slice(0, slash);
  const [long] = kinds.find(([name, short]) => [name, `${name}s`, short].includes(kind)) ?? [];
  if (long === undefined) return [];
  const found = await offeredNames(target(typed), ['get', long, '--output=name']);
  return names(found.map((name) => `${kind}/${name}`));
}
