// Whose programs and tables in eBPF are, by their names. Pure.
import type { Dataplane } from '../../model/node-event.ts';
import type { Agent } from '../agents/find-agents.ts';

export interface EbpfTraces {
  /** Of programs that are attached to interfaces; null where nobody could look. */
  readonly programs: readonly string[] | null;
  /** Of tables that are pinned in the machine's /sys/fs/bpf; null where nobody could look. */
  readonly pinned: readonly string[] | null;
  /** Those that run, with the pod where it is known. */
  readonly agents: readonly (Pick<Agent, 'name'> & { readonly pod: string | null })[];
}

type Owned = NonNullable<NonNullable<Dataplane['ebpf']>[number]>;

/**
 * Since Cilium 1.13 (bpf/bpf_lxc.c and its neighbours) functions are called `cil_…`, before that tc shows the object's file and section.
 * Calico's are `cali_…` and `calico_…` (felix/bpf-gpl).
 */
const programOwners: readonly (readonly [string, RegExp])[] = [
  ['Cilium', /^cil_|^bpf_(?:lxc|host|netdev|overlay|xdp|network|wireguard)\w*\.o:/],
  ['Calico', /^cali(?:co)?_/],
];

const pinnedOwners: readonly (readonly [string, RegExp])[] = [
  ['Cilium', /^cilium_/],
  ['Calico', /^cali_/],
];

/** Null where nothing could be looked at. */
export function ownersOfPrograms({ programs, pinned, agents }: EbpfTraces): Owned[] | null {
  const byOwner = new Map<string | null, Set<string>>();
  const add = (owner: string | null, name?: string) => {
    const own = byOwner.get(owner) ?? new Set();
    if (name !== undefined) own.add(name);
    byOwner.set(owner, own);
  };
  const google = agents.some(
    ({ name, pod }) => name === 'cilium-agent' && /^kube-system\/anetd-/.test(pod ?? ''),
  );
  const called = (owner: string) => (owner === 'Cilium' && google ? 'GKE Dataplane V2' : owner);
  for (const name of programs ?? []) {
    const owner = programOwners.find(([, pattern]) => pattern.test(name))?.[0];
    add(owner === undefined ? null : called(owner), name);
  }
  for (const name of pinned ?? []) {
    const owner = pinnedOwners.find(([, pattern]) => pattern.test(name))?.[0];
    if (owner !== undefined) add(called(owner));
  }
  if (agents.some(({ name }) => name === 'cilium-agent')) add(called('Cilium'));
  if (byOwner.size === 0 && programs === null) return null;
  return [...byOwner].map(([owner, names]) => ({ owner, programs: [...names].sort().slice(0, mostNames) }));
}

const mostNames = 20;
