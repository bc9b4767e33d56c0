// The part of a record that the nodes' own events tell of the observing itself: who was missing, and whose rules stood there.
import { missingWitnesses, type MissingWitness } from '../model/missing-witness.ts';
import type { NodeEvent } from '../model/node-event.ts';
import type { RunRecord, SeenDataplane } from '../model/run-record.ts';

/**
 * @param said What was known of missing witnesses before, of nodes whose events may not be here.
 * @param observed Every node that was to be observed.
 */
export function seenByObservers(
  events: readonly NodeEvent[],
  said: readonly MissingWitness[],
  observed: readonly string[],
): Pick<RunRecord, 'missingWitnesses' | 'dataplanes'> {
  const heard = new Set(events.map(({ node }) => node));
  const away = observed.filter((node) => !heard.has(node));
  const missing = [
    ...missingWitnesses(events),
    ...said.filter(({ node }) => !heard.has(node)),
    ...away.map((node): MissingWitness => {
      return { node, witness: 'observer', state: 'unavailable', reason: 'its evidence is not here' };
    }),
  ];
  const dataplanes = seenDataplanes(events);
  return {
    ...(missing.length === 0 ? {} : { missingWitnesses: missing }),
    ...(Object.keys(dataplanes).length === 0 ? {} : { dataplanes }),
  };
}

/** By node, as its rules stood at last. */
function seenDataplanes(events: Iterable<NodeEvent>): Record<string, SeenDataplane> {
  const seen = new Map<string, SeenDataplane>();
  for (const event of events) {
    if (event.event !== 'dataplane') continue;
    const { kubeProxyMode, netd, calico, cilium, ebpf } = event;
    const rules = { kubeProxyMode, netd, calico, cilium };
    seen.set(event.node, { ...rules, ...(ebpf === undefined ? {} : { ebpf }), seenBy: 'observer' });
  }
  return Object.fromEntries(seen);
}
