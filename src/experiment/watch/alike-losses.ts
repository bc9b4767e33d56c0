// Of connections that ended alike in the same moments, what was found of some holds for the others: a storm is told by those.
import type { Micros } from '../../model/clock.ts';
import { formatEndpoint, type Endpoint } from '../../model/endpoint.ts';
import type { Finding } from '../../model/run-record.ts';
import type { LostConnection } from '../../diagnose/connections/lost-connection.ts';
import { shapeOf, type FlowShape } from './flow-shape.ts';
import type { HeldFlow } from './held-flows.ts';
import type { Circumstances, Verdict } from './loss-words.ts';

/** What was found of one connection that was judged by itself. */
export interface FoundAlone {
  readonly lost: LostConnection;
  readonly verdict: Verdict;
  readonly circumstances: Circumstances;
  /** Of all that were judged with it and have the same cause. */
  readonly finding: Finding;
}

/** The same of another, by what it shares with those. */
export interface FoundAlike extends FoundAlone {
  /** How many were judged. */
  readonly count: number;
}

export interface AlikeLosses {
  /** One was judged by itself: what of it was lost, if anything. */
  learn(flow: HeldFlow, found: readonly FoundAlone[]): void;
  /** Undefined where too few were judged, or they differ; null where they were not lost. */
  of(flow: HeldFlow): FoundAlike | null | undefined;
  /** How many of its kind were judged so far. */
  judged(flow: HeldFlow): number;
  /** Whether it was judged by itself. */
  isJudged(flow: HeldFlow): boolean;
  /** Connections of the same word are alike; undefined where nothing is like it. */
  kindOf(flow: HeldFlow): string | undefined;
}

/** With fewer of its kind nothing is said of another. */
export const enough = 3;
/** As long as the losses of one trigger may be apart. */
const window: Micros = 2_000_000;
/** Of each kind, and in all: those of some moments, until they were reviewed. */
const [mostJudged, mostKinds] = [24, 2_000];

const mostShapes = 512;

interface Judged {
  readonly flow: HeldFlow;
  readonly at: Micros;
  readonly shape: FlowShape;
  readonly found: FoundAlone | null;
}

export function createAlikeLosses(): AlikeLosses {
  const kinds = new Map<string, Judged[]>();
  const keys = new WeakMap<HeldFlow, string>();
  // Asked for several times in one look, and too large to be held for each.
  const shapes = new Map<HeldFlow, { readonly version: number; readonly shape: FlowShape | undefined }>();

  function shape(flow: HeldFlow): FlowShape | undefined {
    const known = shapes.get(flow);
    if (known?.version === flow.version) return known.shape;
    const made = shapeOf(flow.events);
    shapes.set(flow, { version: flow.version, shape: made });
    for (const [oldest] of shapes) {
      if (shapes.size <= mostShapes) break;
      shapes.delete(oldest);
    }
    return made;
  }

  const near = (flow: HeldFlow, own: FlowShape): readonly Judged[] =>
    (kinds.get(own.key) ?? []).filter(({ at }) => Math.abs(at - flow.lastTroubleAt) <= window);

  return {
    learn(flow, found) {
      const before = keys.get(flow);
      const others = kinds.get(before ?? '')?.filter((one) => one.flow !== flow) ?? [];
      if (before !== undefined) kinds.set(before, others);
      const own = shape(flow);
      // What was lost twice, by the same ports, is not like one that was lost once.
      if (own === undefined || found.length > 1) {
        keys.set(flow, '');
        return;
      }
      const list = kinds.get(own.key) ?? [];
      // Set anew, so that the oldest stand first.
      kinds.delete(own.key);
      kinds.set(own.key, list);
      list.push({ flow, at: flow.lastTroubleAt, shape: own, found: found[0] ?? null });
      if (list.length > mostJudged) list.shift();
      keys.set(flow, own.key);
      for (const [oldest] of kinds) {
        if (kinds.size <= mostKinds) break;
        kinds.delete(oldest);
      }
    },
    of(flow) {
      const own = shape(flow);
      if (own === undefined) return undefined;
      const all = near(flow, own);
      const [first] = all;
      if (first === undefined || all.length < enough) return undefined;
      if (all.some(({ found }) => wordOf(found) !== wordOf(first.found))) return undefined;
      return first.found === null ? null : byAnalogy({ ...first, found: first.found }, flow, own, all.length);
    },
    judged(flow) {
      const own = shape(flow);
      return own === undefined ? 0 : near(flow, own).length;
    },
    isJudged: (flow) => keys.has(flow),
    kindOf: (flow) => shape(flow)?.key,
  };
}

const wordOf = (found: FoundAlone | null): string => {
  if (found === null) return '';
  const { verdict, lost } = found;
  const { author, authorCertainty, cause, causeCertainty } = verdict;
  return [author, authorCertainty, cause, causeCertainty, lost.failure, lost.phase].join(' ');
};

/** Undefined where it has no end that it needs, or another server. */
function byAnalogy(
  known: Judged & { readonly found: FoundAlone },
  flow: HeldFlow,
  own: FlowShape,
  count: number,
): FoundAlike | undefined {
  const { lost, circumstances } = known.found;
  const endOf = (end: Endpoint): Endpoint | undefined =>
    own.ends[known.shape.ends.findIndex(({ address, port }) => address === end.address && port === end.port)];
  const timeOf = (at: Micros): Micros | undefined => own.times[known.shape.times.indexOf(at)];
  const client = lost.client === null ? null : endOf(lost.client);
  const target = endOf(lost.target);
  if (client === undefined || target === undefined) return undefined;
  if (formatEndpoint(target) !== formatEndpoint(lost.target)) return undefined;
  const failedAt = timeOf(lost.failedAt) ?? flow.lastTroubleAt;
  const bornAt = Number.isFinite(lost.bornAt) ? timeOf(lost.bornAt) : undefined;
  const lastGoodAt = timeOf(lost.lastGoodAt);
  const since = (from: Micros | undefined, was: number | null): number | null =>
    from === undefined || was === null ? null : Math.max(0, Math.round((failedAt - from) / 1_000));
  return {
    ...known.found,
    lost: {
      ...lost,
      ...{ client, target, legs: [], failedAt },
      bornAt: bornAt ?? Number.NEGATIVE_INFINITY,
      lastGoodAt: lastGoodAt ?? failedAt,
    },
    circumstances: {
      ...circumstances,
      ageMs: since(bornAt, circumstances.ageMs),
      idleMs: since(lastGoodAt, circumstances.idleMs),
    },
    count,
  };
}
