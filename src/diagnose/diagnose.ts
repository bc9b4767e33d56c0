// From evidence to findings. It knows nothing of scenarios: what it says must follow from the events alone.
import type { Micros } from '../model/clock.ts';
import type { NodeEvent } from '../model/node-event.ts';
import type { ProbeEvent } from '../model/probe-event.ts';
import type { Finding } from '../model/run-record.ts';
import { alignClients } from './connections/client-clock.ts';
import type { LostConnection } from './connections/lost-connection.ts';
import { createProbeReader, type ProbeTimeline } from './connections/lost-by-probes.ts';
import { lostByNodes } from './connections/lost-by-nodes.ts';
import { createNodeReader, type NodeTimeline } from './connections/node-timeline.ts';
import { tell } from './connections/story.ts';
import type { Fact } from './facts/fact.ts';
import { factNames, facts, type FactName, type Facts } from './facts/index.ts';
import { hearCompany } from './why/burst.ts';
import type { CauseModel } from './why/cause-model.ts';
import { findingOf, openAlike, openFinding, type Examined } from './why/findings.ts';
import { createJudge } from './why/judged-alike.ts';

export interface Evidence {
  /** In order of time within each process. */
  readonly probes: Iterable<ProbeEvent>;
  readonly nodes: Iterable<NodeEvent>;
}

/**
 * Explains every connection that the probes lost by one of `models`; those with the same cause become one finding, as do those of
 * which the same is open; the one with most connections first.
 */
export function diagnose(evidence: Evidence, models: readonly CauseModel[]): Finding[] {
  const probes = createProbeReader();
  for (const event of evidence.probes) probes.add(event);
  const timeline = probes.timeline();
  const nodes = createNodeReader(clientAddresses(timeline));
  for (const event of evidence.nodes) nodes.add(event);
  const nodeTimeline = nodes.timeline();
  return explain(alignClients(timeline.lost, nodeTimeline), timeline, nodeTimeline, models);
}

/**
 * Explains connections of anybody, as far as packets or kernels show that they were lost.
 *
 * @param until What was lost later is left out; by default nothing is.
 */
export function diagnoseWire(
  events: Iterable<NodeEvent>,
  models: readonly CauseModel[],
  until: Micros = Number.POSITIVE_INFINITY,
): Finding[] {
  const nodes = createNodeReader(null);
  for (const event of events) nodes.add(event);
  const timeline = nodes.timeline();
  const lost = lostByNodes(timeline).lost.filter(({ failedAt }) => failedAt <= until);
  return explain(lost, createProbeReader().timeline(), timeline, models);
}

/** The addresses that the nodes' evidence has to be searched for. */
export function clientAddresses({ lost }: ProbeTimeline): Set<string> {
  return new Set(lost.flatMap(({ client }) => (client === null ? [] : [client.address])));
}

/** A finding with the connections that it is of. */
export interface Explained {
  readonly finding: Finding;
  readonly examined: readonly Examined[];
}

/** Explains connections whose times are of the nodes' clock. */
function explain(
  lost: readonly LostConnection[],
  probes: ProbeTimeline,
  nodes: NodeTimeline,
  models: readonly CauseModel[],
): Finding[] {
  return explainEach(lost, probes, nodes, models).map(({ finding }) => finding);
}

/** The same, with the connections that each finding is of. */
export function explainEach(
  lost: readonly LostConnection[],
  probes: ProbeTimeline,
  nodes: NodeTimeline,
  models: readonly CauseModel[],
): Explained[] {
  const judge = createJudge(models);
  const examine = (one: LostConnection): Examined => {
    const story = tell(one, probes, nodes);
    const seen = lookForAll(story);
    return { story, facts: seen, ...judge(seen) };
  };
  const examined = lost.map((one) => {
    const found = examine(one);
    if (one.refusedNext === undefined || found.judgement.cause !== null) return found;
    // A rule comes before any server: what was closed in order was not lost, and what is lost is the attempt.
    const attempt = examine(one.refusedNext);
    return found.facts['next attempt refused by ICMP'].seen === 'yes' ||
      attempt.facts['rule of a Service without endpoints hit'].seen === 'yes' ||
      // Nothing speaks for a cause that closes first: it closed in order, and who did tells nothing of who refused.
      found.judgement.rivals.every(({ is }) => is === 'possible')
      ? attempt
      : found;
  });
  const byCause = Map.groupBy(
    hearCompany(examined).filter(isWorthExplaining),
    ({ judgement }) => judgement.cause?.model ?? null,
  );
  const findings = models.flatMap((model): Explained[] => {
    const own = byCause.get(model);
    return own === undefined ? [] : [{ finding: findingOf(model, own), examined: own }];
  });
  for (const open of openAlike(byCause.get(null) ?? []))
    findings.push({ finding: openFinding(open), examined: open });
  return findings.sort((a, b) => b.finding.connections - a.finding.connections);
}

function lookForAll(story: Examined['story']): Facts {
  const found: Partial<Record<FactName, Fact>> = {};
  for (const name of factNames) found[name] = facts[name](story);
  return found as Facts;
}

/**
 * A peer that closes in an orderly way while nothing is asked, and takes the next connection at once, did what applications do:
 * nothing was lost. A question that was left unanswered was.
 */
function isWorthExplaining({ story, judgement }: Examined): boolean {
  const { report, failure, phase, afterwards } = story.lost;
  const [next] = afterwards;
  const wentWell = next === undefined || next.failure === null;
  const orderly = report !== null && failure === 'closed' && phase === 'idle' && wentWell;
  return !orderly || judgement.cause !== null;
}
