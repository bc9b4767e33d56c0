// Of all that is held, what has to be looked at to judge some connections: their own events, what was around them, and of others only
// what is held against theirs. The diagnosis takes it as it takes a folder, and says the same.
import { formatMicros, type Micros } from '../../model/clock.ts';
import type { NodeEvent, PacketEvent } from '../../model/node-event.ts';
import type { HeldAround } from './held-around.ts';
import type { HeldAroundNodes } from './held-around-nodes.ts';
import type { HeldFlow, HeldFlows } from './held-flows.ts';
import type { PacketSamples } from './packet-samples.ts';
import type { WhoIsWho } from './who-is-who.ts';

export interface EvidenceSlice {
  readonly events: readonly NodeEvent[];
  /** RSTs of others, to be held against what kernels counted. */
  readonly resets: readonly PacketEvent[];
  /** Those in question, and others of the same time that are told of in full. */
  readonly flows: ReadonlySet<HeldFlow>;
}

export interface Held {
  readonly flows: HeldFlows;
  readonly around: HeldAroundNodes;
  readonly who: Pick<WhoIsWho, 'namesOf'>;
  readonly samples: Pick<PacketSamples, 'of'>;
}

/** What a witness told shortly before may have to do with it: more than a capture keeps of the time before a RST. */
const before: Micros = 8_000_000;
/** A client tries again within that; and so long a counter that was read late belongs to a RST. */
const soon: Micros = 10_000_000;
const shortly: Micros = 2_000_000;
/** Others of that time which are told of in full: nearest first. */
const mostCompany = 24;
/** RSTs of others, against which a kernel's count is held. With more, that count is left out. */
const mostResets = 600;
/** With few, all of the time before and after are there, so that a quiet moment lies at both ends; else those that a reading may be late by. */
const fewResets = 300;
const fewLegs = 100;
const [near, nearAfter]: readonly [Micros, Micros] = [2_000_000, 3_000_000];
/** A witness that runs may be as much behind, and no more. */
const behind: Micros = 2_500_000;

/** @param wanted Not empty. @param mostOthers Of those that are told of in full beside them. */
export function sliceFor(
  wanted: readonly HeldFlow[],
  { flows, around, who, samples }: Held,
  now: Micros,
  mostOthers = mostCompany,
): EvidenceSlice {
  const times = wanted.map((flow) => flow.lastTroubleAt);
  const [first, last] = [Math.min(...times), Math.max(...times)];
  const began = Math.min(...wanted.map(({ troubledAt }) => troubledAt ?? now));
  const all = new Set([...wanted, ...companyOf(flows, { first, last, began }, mostOthers)]);
  // Company is judged, too, and what was counted at its ends must not be missing.
  const addresses = new Set([...all].flatMap((flow) => [...flow.addresses]));
  const own = new Set<NodeEvent>();
  for (const flow of all) for (const event of flow.events) own.add(event);
  for (const packet of samples.of(wanted)) own.add(packet);
  const from = began - before;
  const wide = { from, to: last + soon };
  const ofAll = flows.resetsWithin(wide.from, wide.to, fewResets + 1);
  const span = ofAll.length <= fewResets ? wide : { from: began - near, to: last + nearAfter };
  const resets = span === wide ? ofAll : flows.resetsWithin(span.from, span.to, mostResets + 1);
  const isCrowd = resets.length > mostResets;
  const ofOthers = isCrowd ? [] : resets.filter((event) => !own.has(event));
  // A few may be of a leg that nothing else tells of.
  const isFew = ofOthers.length <= fewLegs;
  return {
    flows: all,
    events: [
      ...around.around(addresses, from, isCrowd ? null : span),
      ...[...around.nodes()].flatMap((node) => heardOf(node, now)),
      ...who.namesOf(addresses),
      ...own,
      ...(isFew ? ofOthers : []),
    ],
    resets: isFew ? [] : ofOthers,
  };
}

/** The nearest in time; of a crowd, some of those around the last. */
function companyOf(
  flows: HeldFlows,
  { first, last, began }: { readonly first: Micros; readonly last: Micros; readonly began: Micros },
  most: number,
): readonly HeldFlow[] {
  if (most === 0) return [];
  const crowd = flows.troubled(began - shortly, last + shortly, crowded);
  const near = crowd.length < crowded ? flows.troubled(began - shortly, last + soon, 2 * crowded) : crowd;
  return near.toSorted((a, b) => distance(a, first, last) - distance(b, first, last)).slice(0, most);
}

const crowded = 200;

const distance = ({ lastTroubleAt: at }: HeldFlow, first: Micros, last: Micros): Micros =>
  at < first ? first - at : at > last ? at - last : 0;

/**
 * What runs has told all that passed till shortly before, be it of others or of nobody. Not so conntrack, which on a busy machine was
 * seen to be later than that: it has told what came before its last word, whomever that was about.
 */
function heardOf(around: HeldAround, now: Micros): NodeEvent[] {
  return ['capture', 'kernel-events', 'conntrack-events'].flatMap((witness) => {
    const began = around.sources.findLast(({ source, state }) => source === witness && state === 'started');
    if (began === undefined || !around.runs(witness)) return [];
    const heard = around.heard(witness) ?? 0;
    const at = witness === 'conntrack-events' ? heard : Math.max(heard, now - behind);
    // Not that it began: what it missed before is not made good by its being heard.
    return [{ ...began, at: formatMicros(at), state: 'limited', lost: null, blindTo: [] }];
  });
}
