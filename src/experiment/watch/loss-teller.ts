// What was judged becomes lines: each loss once, what nobody explained by those that were lost with it, and what was no loss counted.
import type { Micros } from '../../model/clock.ts';
import type { WatchLoss } from '../../model/watch-record.ts';
import type { AlikeLosses, FoundAlike, FoundAlone } from './alike-losses.ts';
import type { HeldFlow } from './held-flows.ts';
import type { JudgedSlice } from './judge-slice.ts';
import { drawingOf } from '../drawing/drawn-findings.ts';
import { createLossCompany } from './loss-company.ts';
import {
  circumstancesOf,
  lossLine,
  unexplained,
  verdictByCompany,
  verdictOf,
  type Circumstances,
  type LossLine,
} from './loss-words.ts';
import type { SaidLosses } from './said-losses.ts';
import type { WantedFilter } from './wanted-filter.ts';
import type { WhoIsWho } from './who-is-who.ts';
import type { LostConnection } from '../../diagnose/connections/lost-connection.ts';
import { showPackets } from '../../diagnose/why/show-connection.ts';

interface Outcome {
  readonly isLost: boolean;
  readonly isSettled: boolean;
}

export interface LossTeller {
  /** @param batch Those that are to be told of; others in the slice are there for company. */
  tell(
    batch: ReadonlySet<HeldFlow>,
    slice: JudgedSlice,
    now: Micros,
  ): { readonly lines: WatchLoss[]; readonly outcomes: ReadonlyMap<HeldFlow, Outcome> };
  /** The same of one that is like others; `found` null where those were not lost. */
  tellAlike(
    flow: HeldFlow,
    found: FoundAlike | null,
    now: Micros,
  ): { readonly lines: readonly WatchLoss[]; readonly outcome: Outcome };
  /** What there is to say of it when nobody asks again. */
  outcomeOf(flow: HeldFlow, now: Micros): Outcome;
  /** Ended by a RST that nobody lost anything by. */
  readonly benign: number;
}

interface Parts {
  readonly node: string;
  readonly who: WhoIsWho;
  readonly filter: WantedFilter;
  readonly said: SaidLosses;
  /** What is found of each is learned by it. */
  readonly alike: Pick<AlikeLosses, 'learn'>;
}

/** By then all witnesses have told what they have. */
const settledAfter: Micros = 11_000_000;
const tooMany = 'too many were lost at once for each to be explained';
const nothingKnown: Circumstances = { ageMs: null, idleMs: null, unanswered: null, backend: null };

export function createLossTeller({ node, who, filter, said, alike }: Parts): LossTeller {
  const company = createLossCompany();
  const benign = new WeakSet<HeldFlow>();
  let benignCount = 0;

  const isOver = (flow: HeldFlow, now: Micros) => now - flow.lastTroubleAt >= settledAfter;

  function say(
    flow: HeldFlow,
    lost: Pick<LostConnection, 'bornAt' | 'failedAt'>,
    line: LossLine,
    how: Parameters<SaidLosses['say']>[3],
  ): WatchLoss | null {
    const { client, server, backend } = line.ends;
    if (!filter.fitsEnds([client, server, backend].filter((end) => end !== null))) return null;
    return said.say(flow, lost, line, how);
  }

  /** The nodes that told of it, by name; in a watch of one node that one. */
  function nodeOf({ events }: HeldFlow): string {
    const told = new Set(events.map((event) => event.node));
    return told.size === 0 ? node : [...told].sort().join(', ');
  }

  function outcomeOf(flow: HeldFlow, now: Micros): Outcome {
    return { isLost: said.of(flow).length > 0, isSettled: isOver(flow, now) };
  }

  /** It was looked at, and is not lost. */
  function notLost(flow: HeldFlow, now: Micros): Outcome {
    const outcome = outcomeOf(flow, now);
    const wasReset = flow.events.some((event) => event.event === 'packet' && event.flags.includes('R'));
    const isSoon = now - flow.lastTroubleAt < settledAfter / 6;
    if (outcome.isLost || !wasReset || benign.has(flow) || isSoon) return outcome;
    benign.add(flow);
    benignCount += 1;
    return outcome;
  }

  return {
    tell(batch, { judged, found }, now) {
      const lines: WatchLoss[] = [];
      const outcomes = new Map<HeldFlow, Outcome>();
      const alone = new Map<HeldFlow, FoundAlone[]>();
      const add = (line: WatchLoss | null) => {
        if (line !== null) lines.push(line);
      };
      const note = (flow: HeldFlow, isSettled: boolean) => {
        const before = outcomes.get(flow);
        outcomes.set(flow, { isLost: true, isSettled: isSettled && (before?.isSettled ?? true) });
      };
      for (const { flow, examined, finding } of judged) {
        const { story, judgement } = examined;
        const { lost } = story;
        company.add(lost.target, lost.failedAt, finding, judgement.author);
        if (!batch.has(flow)) continue;
        const [verdict, circumstances] = [verdictOf(examined), circumstancesOf(story)];
        alone.set(flow, [...(alone.get(flow) ?? []), { lost, verdict, circumstances, finding }]);
        const line = lossLine(nodeOf(flow), lost, circumstances, verdict, who);
        const news = say(flow, lost, line, { explained: 'one by one', finding });
        // What its drawing is made from goes with the line, and is not kept: of many it would take more than all else.
        add(news === null ? null : { ...news, ...drawingOf(story, showPackets(story)) });
        const isProven = judgement.causeCertainty === 'proven' && judgement.authorCertainty === 'proven';
        note(flow, isOver(flow, now) || (isProven && now - flow.lastTroubleAt > settledAfter / 5));
      }
      for (const { flow, lost } of found) {
        if (!batch.has(flow)) continue;
        const others = company.of(lost.target, lost.failedAt);
        const verdict =
          others === undefined ? unexplained(tooMany) : verdictByCompany(others.finding, others.count);
        const how = {
          explained: others === undefined ? 'not' : 'company',
          finding: others?.finding ?? null,
        } as const;
        add(say(flow, lost, lossLine(nodeOf(flow), lost, nothingKnown, verdict, who), how));
        note(flow, isOver(flow, now));
      }
      const notExplained = new Set(found.map(({ flow }) => flow));
      for (const flow of batch) {
        if (!notExplained.has(flow)) alike.learn(flow, alone.get(flow) ?? []);
        if (outcomes.has(flow)) continue;
        lines.push(...said.withdraw(flow));
        outcomes.set(flow, notLost(flow, now));
      }
      return { lines, outcomes };
    },
    tellAlike(flow, found, now) {
      if (found === null) return { lines: said.withdraw(flow), outcome: notLost(flow, now) };
      const { lost, circumstances, finding, count } = found;
      const verdict = found.verdict.cause === 'unknown' ? found.verdict : verdictByCompany(finding, count);
      const line = say(flow, lost, lossLine(nodeOf(flow), lost, circumstances, verdict, who), {
        ...{ explained: 'company', finding },
      });
      const outcome = { isLost: true, isSettled: isOver(flow, now) };
      return { lines: line === null ? [] : [line], outcome };
    },
    outcomeOf,
    get benign() {
      return benignCount;
    },
  };
}
