// The diagnosis of a slice of what is held: the same code that reads a folder afterwards.
import { causeModels } from '../../causes/index.ts';
import { createProbeReader } from '../../diagnose/connections/lost-by-probes.ts';
import type { LostConnection } from '../../diagnose/connections/lost-connection.ts';
import { createNodeReader } from '../../diagnose/connections/node-timeline.ts';
import { lostByNodes } from '../../diagnose/connections/lost-by-nodes.ts';
import { explainEach } from '../../diagnose/diagnose.ts';
import type { Examined } from '../../diagnose/why/findings.ts';
import type { Finding } from '../../model/run-record.ts';
import { flowKey } from './flow-keys.ts';
import type { EvidenceSlice } from './evidence-slice.ts';
import type { HeldFlow, HeldFlows } from './held-flows.ts';

/** A lost connection, explained. */
interface JudgedLoss {
  readonly flow: HeldFlow;
  readonly examined: Examined;
  /** Of all in the slice that have the same cause: this one is of it. */
  readonly finding: Finding;
}

/** A lost connection that nobody explained. */
interface FoundLoss {
  readonly flow: HeldFlow;
  readonly lost: LostConnection;
}

export interface JudgedSlice {
  readonly judged: readonly JudgedLoss[];
  /** Beyond what was to be explained. */
  readonly found: readonly FoundLoss[];
  readonly stalled: number;
}

const noProbes = createProbeReader().timeline();

/**
 * @param batch Those of the slice that are in question; the others are there for company.
 * @param most Lost connections of the batch that are explained one by one; with none, nothing is explained.
 */
export function judgeSlice(
  { events, resets, flows }: EvidenceSlice,
  batch: ReadonlySet<HeldFlow>,
  held: HeldFlows,
  most: number,
): JudgedSlice {
  const reader = createNodeReader(null);
  for (const event of events) reader.add(event);
  for (const packet of resets) reader.addReset(packet);
  const timeline = reader.timeline();
  const wire = lostByNodes(timeline);
  const ofFlow = (lost: LostConnection): HeldFlow | undefined => {
    const { client, target } = lost;
    if (client === null) return undefined;
    return held.find(
      flowKey({ src: client.address, sport: client.port, dst: target.address, dport: target.port }),
    );
  };
  const found = wire.lost.flatMap((lost): FoundLoss[] => {
    const flow = ofFlow(lost);
    return flow !== undefined && flows.has(flow) ? [{ flow, lost }] : [];
  });
  const asked = found.filter(({ flow }) => batch.has(flow));
  const others = most === 0 ? [] : found.filter(({ flow }) => !batch.has(flow));
  const looked = [...asked.slice(0, most), ...others];
  const flowOf = new Map(looked.map(({ flow, lost }) => [lost, flow]));
  const explained = explainEach(
    looked.map(({ lost }) => lost),
    noProbes,
    timeline,
    causeModels,
  );
  const judged = explained.flatMap(({ finding, examined }) =>
    examined.flatMap((one): JudgedLoss[] => {
      const flow = flowOf.get(one.story.lost);
      return flow === undefined ? [] : [{ flow, examined: one, finding }];
    }),
  );
  return { judged, found: asked.slice(most), stalled: wire.stalled };
}
