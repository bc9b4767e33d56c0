// What a drawing needs beyond a finding's words: where each of its packets was seen, and how its connection ended.
import { explainEach, clientAddresses, type Evidence, type Explained } from '../../diagnose/diagnose.ts';
import { alignClients } from '../../diagnose/connections/client-clock.ts';
import { createProbeReader } from '../../diagnose/connections/lost-by-probes.ts';
import { lostByNodes } from '../../diagnose/connections/lost-by-nodes.ts';
import { createNodeReader } from '../../diagnose/connections/node-timeline.ts';
import type { Story } from '../../diagnose/connections/story.ts';
import type { CauseModel } from '../../diagnose/why/cause-model.ts';
import type { Examined } from '../../diagnose/why/findings.ts';
import { formatMicros, isWritable } from '../../model/clock.ts';
import type { Ladder } from '../../model/ladder.ts';
import type { NodeEvent } from '../../model/node-event.ts';
import type { Finding } from '../../model/run-record.ts';
import { lastMomentsOf, sawAll } from './last-moments-of.ts';
import { placeOf, sightingsOf, usualWays, type SightedPacket } from './packet-sightings.ts';

/** The findings of `diagnose`, with what their drawings need. */
export function diagnoseDrawn(evidence: Evidence, models: readonly CauseModel[]): Finding[] {
  const probes = createProbeReader();
  for (const event of evidence.probes) probes.add(event);
  const timeline = probes.timeline();
  const nodes = createNodeReader(clientAddresses(timeline));
  for (const event of evidence.nodes) nodes.add(event);
  const seen = nodes.timeline();
  return drawn(explainEach(alignClients(timeline.lost, seen), timeline, seen, models));
}

/** Those of `diagnoseWire`, likewise. */
export function diagnoseWireDrawn(events: Iterable<NodeEvent>, models: readonly CauseModel[]): Finding[] {
  const nodes = createNodeReader(null);
  for (const event of events) nodes.add(event);
  const seen = nodes.timeline();
  return drawn(explainEach(lostByNodes(seen).lost, createProbeReader().timeline(), seen, models));
}

export const drawn = (explained: readonly Explained[]): Finding[] =>
  explained.map(({ finding, examined }) => {
    const shown = shownOf(finding, examined);
    return shown === undefined ? finding : { ...finding, ...drawingOf(shown.story, finding.ladder) };
  });

/** The keys of a finding, or of a loss, that its drawing is made from; none where nothing is known. */
export function drawingOf(story: Story, ladder: Ladder | undefined): Pick<Finding, 'ladder' | 'lastMoments'> {
  const sighted = sightingsOf(story);
  const lastMoments = lastMomentsOf(story, sighted);
  return {
    ...(ladder === undefined ? {} : { ladder: withSightings(ladder, sighted, sawAll(story)) }),
    ...(lastMoments === undefined ? {} : { lastMoments }),
  };
}

/** Which of them the finding shows: that which its packets, its way and its evidence are of. */
function shownOf({ shown, ladder, evidence }: Finding, examined: readonly Examined[]): Examined | undefined {
  const [client, lostAt] = [shown?.client ?? ladder?.client, shown?.failedAt ?? ladder?.lostAt];
  if (client !== undefined)
    return examined.find(
      ({ story: { lost } }) =>
        lost.client?.address === client.address &&
        lost.client.port === client.port &&
        isWritable(lost.failedAt) &&
        formatMicros(lost.failedAt) === lostAt,
    );
  const texts = new Set(evidence.map(({ at, text }) => `${at} ${text}`));
  return examined.find(({ facts }) => {
    const own = Object.values(facts).flatMap((fact) => (fact.seen === 'yes' ? fact.evidence : []));
    const told = new Set(own.map(({ at, text }) => `${at} ${text}`));
    return [...texts].every((text) => told.has(text));
  });
}

const mostPlaces = 12;

/** Each packet once, with all places where it was seen. @param isWhole The capture missed nothing. */
function withSightings(ladder: Ladder, sighted: readonly SightedPacket[], isWhole: boolean): Ladder {
  const usual = usualWays(sighted);
  const told = new Set<(typeof sighted)[number]>();
  const rungs = ladder.rungs.flatMap((rung): Ladder['rungs'] => {
    const own = sighted.find(({ all }) =>
      all.some(
        (packet) => packet.at === rung.at && placeOf(packet) === rung.where && packet.flags === rung.flags,
      ),
    );
    if (own === undefined) return [rung];
    if (told.has(own)) return [];
    told.add(own);
    return [{ ...rung, seen: own.places.slice(0, mostPlaces) }];
  });
  if (usual === null || !isWhole) return { ...ladder, rungs };
  const ways = { client: usual.client.slice(0, mostPlaces), server: usual.server.slice(0, mostPlaces) };
  return { ...ladder, rungs, usual: ways };
}
