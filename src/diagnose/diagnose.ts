// From evidence to findings. It knows nothing of scenarios: what it says must follow from the events alone.
import type { NodeEvent } from '../model/node-event.ts';
import type { ProbeEvent } from '../model/probe-event.ts';
import type { Finding } from '../model/run-record.ts';
import type { CauseModel } from './why/cause-model.ts';
import { hearCompany } from './why/company.ts';
import { findingOf, unknownFinding, type Scored } from './why/findings.ts';
import { observe, scoreCauses } from './why/score.ts';
import { alignIncidents } from './connections/client-clock.ts';
import { createProbeReader, type ProbeTimeline } from './connections/incidents.ts';
import { createNodeReader, type NodeTimeline } from './connections/node-timeline.ts';
import { tell } from './connections/story.ts';

export interface Evidence {
  /** In order of time within each process. */
  readonly probes: Iterable<ProbeEvent>;
  readonly nodes: Iterable<NodeEvent>;
}

/** A name is given from this probability on; below it the evidence does not decide. */
const enough = 0.5;

/**
 * Explains every failed connection by one of `models`; those with the same cause become one finding, the one with most connections
 * first.
 */
export function diagnose(evidence: Evidence, models: readonly CauseModel[]): Finding[] {
  const probes = createProbeReader();
  for (const event of evidence.probes) probes.add(event);
  const timeline = probes.timeline();
  const nodes = createNodeReader(clientAddresses(timeline));
  for (const event of evidence.nodes) nodes.add(event);
  return explain(timeline, nodes.timeline(), models);
}

/** The addresses that the nodes' evidence has to be searched for. */
export function clientAddresses({ incidents }: ProbeTimeline): Set<string> {
  return new Set(incidents.flatMap(({ client }) => (client === null ? [] : [client.address])));
}

/** The same for evidence that was read piece by piece. */
export function explain(
  probes: ProbeTimeline,
  nodes: NodeTimeline,
  models: readonly CauseModel[],
): Finding[] {
  const scored = alignIncidents(probes.incidents, nodes).map((incident): Scored => {
    const story = tell(incident, probes, nodes);
    const sightings = observe(story);
    return { story, sightings, scores: scoreCauses(sightings, models) };
  });
  const byCause = Map.groupBy(hearCompany(scored).filter(isWorthExplaining), ({ scores: [best] }) =>
    best !== undefined && best.probability >= enough ? best.model : null,
  );
  const findings = models.flatMap((model) => {
    const own = byCause.get(model);
    return own === undefined ? [] : [findingOf(model, own)];
  });
  const unexplained = byCause.get(null);
  if (unexplained !== undefined) findings.push(unknownFinding(unexplained));
  return findings.sort((a, b) => b.connections - a.connections);
}

/** A peer that closes in an orderly way and takes the next connection at once did what applications do: nobody's fault. */
function isWorthExplaining({ story, scores: [best] }: Scored): boolean {
  const { failed, afterwards } = story.incident;
  const orderly = failed.failure === 'closed' && afterwards[0]?.event !== 'failed';
  return !orderly || (best !== undefined && best.probability >= enough);
}
