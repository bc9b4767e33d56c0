// The live engine: what the witnesses tell is held for a while, what may have been lost is judged when it is ripe, and again when more
// is known. Without a sign of a loss nothing is looked at.
import { parseMicros, type Micros } from '../../model/clock.ts';
import type { NodeEvent } from '../../model/node-event.ts';
import type { WatchLoss, WatchSummary } from '../../model/watch-record.ts';
import { createAlikeLosses, enough } from './alike-losses.ts';
import { createAllowance } from './allowance.ts';
import { sliceFor } from './evidence-slice.ts';
import { cookieOf } from './flow-keys.ts';
import { createHeldAroundNodes } from './held-around-nodes.ts';
import { createHeldFlows, type HeldFlow } from './held-flows.ts';
import { judgeSlice } from './judge-slice.ts';
import { createJudgingTimes } from './judging-times.ts';
import { createReckoningOfNodes } from './loss-reckoning.ts';
import type { LiveLosses, LiveLossesOptions } from './live-losses.ts';
import { createLossTeller } from './loss-teller.ts';
import { signalOf } from './loss-signals.ts';
import { createPacketSamples } from './packet-samples.ts';
import { createSaidLosses } from './said-losses.ts';
import { createWantedFilter } from './wanted-filter.ts';
import { watchSummary } from './watch-summary.ts';
import { createWhoIsWho } from './who-is-who.ts';

/** Of what was told of single connections, and of what was told of none. */
const mostBytes = 40 * 1_048_576;
/** One look takes no longer, and one batch is to take this much of it; milliseconds. */
const [lookMs, batchMs] = [80, 25];
/** Judged at one go; and told at one go of what was found of others. */
const [fewest, mostAtOnce, mostAlike] = [5, 100, 200];
/** What all losses of the last minutes have in common is looked for now and then, among so many at most. */
const [togetherEvery, togetherOf]: readonly [Micros, Micros] = [30_000_000, 180_000_000];
const mostTogether = 2_000;
/** With others of the same time each is held once more when it is judged again; the first word is to come soon. */
const firstCompany = 6;
/** So long some are explained one by one when the watch ends; who ends it does not wait for longer. */
const endMs = 1_500;

const tellers = [
  ['capture', 'packet'],
  ['kernel-events', 'kernel'],
] as const;

/** What is told of one end comes within this. */
const anotherAfter: Micros = 3_000_000;

export function createLiveLosses(options: LiveLossesOptions): LiveLosses {
  const { node, wanted, keepMs, startedAt, monotonic = () => performance.now() } = options;
  const who = createWhoIsWho();
  const filter = createWantedFilter(wanted);
  const tellsData = wanted.ports.length > 0;
  const said = createSaidLosses(node, tellsData);
  const times = createJudgingTimes();
  const flows = createHeldFlows({ keepMs, mostBytes }, (from, into) => {
    said.joined(from, into);
    times.joined(from, into);
  });
  const around = createHeldAroundNodes(keepMs);
  const samples = createPacketSamples();
  const held = { flows, around, who, samples };
  const alike = createAlikeLosses();
  const teller = createLossTeller({ node, who, filter, said, alike });
  const allowance = createAllowance();
  const reckoning = createReckoningOfNodes(startedAt);
  /** What was known when it was judged last. */
  const knownThen = new WeakMap<HeldFlow, string>();
  /** Milliseconds that each connection in a slice took lately. */
  let cost = 1;
  let togetherAt = startedAt;
  let lostThen = 0;
  let lastNow = startedAt;
  let hasEnded = false;

  /** Whether all that tell of ends have told of this one, or will not. */
  const isHeard = (flow: HeldFlow) =>
    tellers.every(
      ([source, kind]) => !around.runs(source) || flow.events.some(({ event }) => event === kind),
    ) &&
    (!tellsData || flow.events.some((event) => event.event === 'packet' && event.payloadLength > 0));
  const isAsked = (flow: HeldFlow) => flow.joined === null && flow.events.length > 0 && filter.fitsLegs(flow);
  const known = (flow: HeldFlow) => `${flow.version} ${around.version}`;

  function judge(asked: readonly HeldFlow[], now: Micros, most: number, others?: number): WatchLoss[] {
    const batch = new Set(asked);
    if (batch.size === 0) return [];
    const begun = monotonic();
    const slice = sliceFor(asked, held, now, others);
    const result = judgeSlice(slice, batch, flows, most);
    for (const flow of batch) samples.learn(flow);
    const { lines, outcomes } = teller.tell(batch, result, now);
    for (const flow of batch) {
      knownThen.set(flow, known(flow));
      times.judged(flow, now, outcomes.get(flow) ?? { isLost: false, isSettled: false });
    }
    cost = 0.7 * cost + 0.3 * ((monotonic() - begun) / slice.flows.size);
    return lines;
  }

  const batchSize = () => Math.max(fewest, Math.min(mostAtOnce, Math.floor(batchMs / cost)));

  /** What was found of others that are like it is said of it, too. False where too few of them were judged, or they differ. */
  function tellAlike(flow: HeldFlow, now: Micros, lines: WatchLoss[]): boolean {
    const found = alike.of(flow);
    if (found === undefined) return false;
    const { lines: more, outcome } = teller.tellAlike(flow, found, now);
    lines.push(...more);
    times.judged(flow, now, outcome);
    return true;
  }

  /** Few are judged each by itself; of many some of each kind are, and stand for the rest. */
  function tellFresh(now: Micros): WatchLoss[] | undefined {
    const ripe = times.takeFresh(now, allowance.left(now) > 0 ? batchSize() : mostAlike);
    if (ripe.length === 0) return undefined;
    const [alone, rest] = divide(ripe.filter(isAsked), now);
    const lines = judge(alone, now, alone.length, firstCompany);
    const left = rest.filter((flow) => !tellAlike(flow, now, lines));
    for (let from = 0; from < left.length; from += mostAtOnce)
      lines.push(...judge(left.slice(from, from + mostAtOnce), now, batchSize(), firstCompany));
    return lines;
  }

  function divide(ripe: readonly HeldFlow[], now: Micros): readonly [HeldFlow[], HeldFlow[]] {
    const [alone, rest]: [HeldFlow[], HeldFlow[]] = [[], []];
    const chosen = new Map<string, number>();
    for (const flow of ripe) {
      const kind = alike.kindOf(flow) ?? '';
      const judged = alike.judged(flow) + (chosen.get(kind) ?? 0);
      if (allowance.take(now) || (judged < enough && alone.length < batchSize())) {
        alone.push(flow);
        chosen.set(kind, (chosen.get(kind) ?? 0) + 1);
      } else rest.push(flow);
    }
    return [alone, rest];
  }

  function tellAgain(now: Micros): WatchLoss[] | undefined {
    const ripe = times.takeAgain(now, batchSize());
    if (ripe.length === 0) return undefined;
    const asked = ripe.filter(isAsked).filter((flow) => {
      if (hasNews(flow)) return true;
      times.judged(flow, now, teller.outcomeOf(flow, now));
      return false;
    });
    // Those that stand for others come first.
    const alone = asked.filter(standsAlone);
    const lines = judge(alone, now, mostAtOnce);
    const judged = new Set(alone);
    for (const flow of asked) {
      if (judged.has(flow) || tellAlike(flow, now, lines)) continue;
      times.judged(flow, now, teller.outcomeOf(flow, now));
    }
    return lines;
  }

  /** Whether anything is known of it that was not known before; of one that is open, another loss may tell. */
  const hasNews = (flow: HeldFlow) => !isDecided(flow) || knownThen.get(flow) !== known(flow);

  /** What is found of others does not hold for it, or it is one of those. */
  function standsAlone(flow: HeldFlow): boolean {
    const own = said.of(flow);
    if (alike.isJudged(flow) || own.length === 0) return true;
    // Its ports may serve another connection by now.
    const isOld = (failedAt: Micros) => failedAt < flow.lastTroubleAt - anotherAfter;
    return own.some(({ explained, failedAt }) => explained === 'not' || isOld(failedAt));
  }

  /** Lost, by a cause that no other loss has to tell. */
  const isDecided = (flow: HeldFlow) => {
    const own = said.of(flow);
    return own.length > 0 && own.every(({ line }) => line.cause.certainty !== 'open');
  };

  /** Those of the last minutes at one go, as many as there is time for. */
  function judgeTogether(now: Micros): WatchLoss[] {
    if (now - togetherAt < togetherEvery || said.lost === lostThen) return [];
    togetherAt = now;
    lostThen = said.lost;
    const most = Math.min(mostTogether, Math.floor(batchMs / cost));
    const recent = flows
      .troubled(now - togetherOf, now)
      .filter((flow) => alike.isJudged(flow) && isAsked(flow));
    return judge(recent.slice(-most), now, most);
  }

  return {
    take(event: NodeEvent) {
      who.take(event);
      if (!filter.mayFit(event)) return;
      reckoning.take(event);
      const signal = signalOf(event);
      const flow = flows.take(event, signal);
      if (flow !== undefined) reckoning.note(flow, event);
      // What a socket's cookie alone tells waits for the connection that has it.
      if (flow === undefined ? cookieOf(event) === null : !isOfSockets(event)) around.take(event);
      if (flow === undefined || signal === null) return;
      times.signal(flow, signal, parseMicros(event.at), isHeard(flow));
    },
    read: (witness, until, of = node) => around.read(of, witness, until),
    look(now) {
      lastNow = now;
      const lines: WatchLoss[] = [];
      const begun = monotonic();
      const hasTime = () => monotonic() - begun < lookMs - batchMs;
      for (const tell of [tellFresh, tellAgain])
        while (hasTime()) {
          const more = tell(now);
          if (more === undefined) break;
          lines.push(...more);
        }
      if (hasTime()) lines.push(...judgeTogether(now));
      flows.forget(now, times);
      around.forget(now);
      said.forget(now - keepMs * 1_000);
      return inOrder(lines);
    },
    watched(isExact = false) {
      const alive = who.alive((socket) => filter.fitsSocket(socket, (one) => who.podsOf(one)), isExact);
      return {
        connections: alive?.connections ?? null,
        processes: alive?.processes ?? null,
        lost: said.lost,
        lastLostAt: said.lastLostAt,
      };
    },
    since: (at) => said.since(at),
    end(now) {
      lastNow = now;
      hasEnded = true;
      const lines: WatchLoss[] = [];
      const begun = monotonic();
      const rest = times.rest().filter(isAsked).filter(hasNews);
      const isMany = rest.length > mostAtOnce;
      const alone = rest.filter(
        (flow) => !isMany || (standsAlone(flow) && said.of(flow).length > 0) || !tellAlike(flow, now, lines),
      );
      for (let from = 0; from < alone.length; from += mostAtOnce) {
        const most = monotonic() - begun < endMs ? mostAtOnce : 0;
        lines.push(...judge(alone.slice(from, from + mostAtOnce), now, most));
      }
      return inOrder(lines);
    },
    summary(now, isBrief = false): WatchSummary {
      const { connections, processes } = this.watched(!isBrief);
      return watchSummary({
        ...{ node, from: startedAt, to: Math.max(now, lastNow) },
        ...{ benign: teller.benign, stalled: isBrief ? 0 : stalledNow(now) },
        watched: { connections, processes },
        ...{ sources: around.sources, tallies: said.tallies() },
        untold: filter.hasAll ? reckoning.untold(hasEnded ? Number.POSITIVE_INFINITY : now) : 0,
      });
    },
  };

  /** Sent again and again, unanswered, and not lost yet. */
  function stalledNow(now: Micros): number {
    const open = flows
      .troubled(now - keepMs * 1_000, now)
      .filter((flow) => filter.fitsLegs(flow) && said.of(flow).length === 0)
      .slice(-mostAtOnce);
    if (open.length === 0) return 0;
    return judgeSlice(sliceFor(open, held, now, 0), new Set(open), flows, 0).stalled;
  }
}

const isOfSockets = ({ event }: NodeEvent): boolean => event === 'kernel' || event === 'socket';

const inOrder = (lines: WatchLoss[]): WatchLoss[] =>
  lines.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
