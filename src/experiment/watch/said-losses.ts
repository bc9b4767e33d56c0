// The book of what was said: which lost connection is which in all revisions, what is news of it, and what has one trigger.
import { formatMicros, type Micros } from '../../model/clock.ts';
import type { Finding } from '../../model/run-record.ts';
import type { WatchLoss } from '../../model/watch-record.ts';
import type { HeldFlow } from './held-flows.ts';
import { createLossTallies, verdictKey, type LossTallies } from './loss-tallies.ts';
import type { LossLine } from './loss-words.ts';
import { createTimeList } from './time-list.ts';

interface SaidLoss {
  line: WatchLoss;
  readonly bornAt: Micros;
  failedAt: Micros;
  /** `one by one`: by its own facts. `company`: by those of others. `not`: nobody had the time. */
  explained: 'one by one' | 'company' | 'not';
  finding: Finding | null;
  /** How much its connection had told then. */
  version: number;
}

export interface SaidLosses {
  /** The line if it is news: said for the first time, or changed in who, why or how sure. */
  say(
    flow: HeldFlow,
    span: { bornAt: Micros; failedAt: Micros },
    line: LossLine,
    how: Explanation,
  ): WatchLoss | null;
  /** What was said of it that was not taken back. */
  of(flow: HeldFlow): readonly SaidLoss[];
  /** Takes back what was said of it, where it has told more since. */
  withdraw(flow: HeldFlow): readonly WatchLoss[];
  since(at: Micros): WatchLoss[];
  /** Flows that were joined are one connection from now on. */
  joined(from: HeldFlow, into: HeldFlow): void;
  forget(before: Micros): void;
  /** Of all that were ever said, each as it was said last. */
  tallies: LossTallies['all'];
  readonly lost: number;
  readonly lastLostAt: Micros | null;
}

interface Explanation {
  readonly explained: SaidLoss['explained'];
  readonly finding: Finding | null;
}

/** Losses of one cause and author have one trigger when no more lies between one and the next. */
const episodeWindow: Micros = 2_000_000;

/** Lines that are held to be asked for; what they say is counted for good. */
const mostHeld = 30_000;

/** One connection's end is not told by two witnesses further apart. */
const sameEnd: Micros = 2_000;

/** @param tellsData Data packets are looked at, which may take longer than the first word: what they tell is news then. */
export function createSaidLosses(node: string, tellsData = false): SaidLosses {
  const byFlow = new Map<HeldFlow, SaidLoss[]>();
  const inOrder = createTimeList<SaidLoss>();
  const episodes = new Map<string, { id: string; lastAt: Micros }>();
  const ids = new Set<string>();
  // What was said of a connection before its lines were let go of is not said again as if it were new.
  const forgotten = new WeakMap<HeldFlow, Micros>();
  const tallies = createLossTallies();
  let lost = 0;
  let lastLostAt: Micros | null = null;

  function idOf({ ends }: LossLine, { bornAt, failedAt }: { bornAt: Micros; failedAt: Micros }): string {
    const end = ({ address, port }: { address: string; port: number | null }) =>
      `${address.includes(':') ? `[${address}]` : address}:${port ?? ''}`;
    const client = ends.client === null ? '?' : end(ends.client);
    const since = Number.isFinite(bornAt) ? formatMicros(bornAt) : `?${formatMicros(Math.max(0, failedAt))}`;
    const id = `${node}/${client}-${end(ends.server)}@${since}`;
    return ids.has(id) ? `${id}#${lost}` : id;
  }

  function episodeOf({ cause, author }: LossLine, at: Micros): string | null {
    if (cause.id === 'unknown') return null;
    const key = `${cause.id} ${author.id}`;
    const last = episodes.get(key);
    if (last !== undefined && at >= last.lastAt - episodeWindow && at <= last.lastAt + episodeWindow) {
      last.lastAt = Math.max(last.lastAt, at);
      return last.id;
    }
    const id = `${node}/${cause.id}@${formatMicros(Math.max(0, at))}`;
    if (last === undefined || at > last.lastAt) episodes.set(key, { id, lastAt: at });
    return id;
  }

  return {
    say(flow, span, said, how) {
      const { bornAt, failedAt } = span;
      const own = byFlow.get(flow) ?? [];
      // Connections that had the same ends one after the other do not overlap in time.
      const known = own.find(
        (one) =>
          Math.abs(one.failedAt - failedAt) <= sameEnd || (bornAt <= one.failedAt && one.bornAt <= failedAt),
      );
      if (known === undefined) {
        if (failedAt <= (forgotten.get(flow) ?? Number.NEGATIVE_INFINITY)) return null;
        const id = idOf(said, span);
        ids.add(id);
        const line: WatchLoss = { ...said, id, revision: 1, episode: episodeOf(said, failedAt) };
        const loss: SaidLoss = { line, bornAt, failedAt, version: flow.version, ...how };
        // Set anew, so that those that nothing was said of for long stand first.
        byFlow.delete(flow);
        byFlow.set(flow, [...own, loss]);
        inOrder.add(loss, failedAt);
        lost += 1;
        tallies.count(loss, 1);
        lastLostAt = Math.max(lastLostAt ?? failedAt, failedAt);
        return line;
      }
      const { line: former } = known;
      if (former.ended === 'benign') {
        lost += 1;
        tallies.count(known, 1);
      }
      known.version = flow.version;
      const isWeaker = how.explained !== 'one by one' && known.explained === 'one by one';
      if (isWeaker) return null;
      if (!isNews(former, said) && !(tellsData && tellsMore(former, said))) {
        // What later revisions rest on may be more than what was first seen, and no more is to be said.
        if (known.explained === how.explained) return null;
        tallies.count(known, -1);
        Object.assign(known, how);
        tallies.count(known, 1);
        return null;
      }
      tallies.count(known, -1);
      Object.assign(known, how);
      const isOther = former.cause.id !== said.cause.id || former.author.id !== said.author.id;
      known.line = {
        ...said,
        id: former.id,
        revision: former.revision + 1,
        episode: isOther ? episodeOf(said, failedAt) : former.episode,
      };
      tallies.count(known, 1);
      return known.line;
    },
    of: (flow) => (byFlow.get(flow) ?? []).filter(({ line }) => line.ended !== 'benign'),
    withdraw(flow) {
      return this.of(flow).flatMap((known) => {
        if (known.version === flow.version) return [];
        tallies.count(known, -1);
        lost -= 1;
        known.explained = 'one by one';
        known.line = { ...known.line, ...takenBack, revision: known.line.revision + 1 };
        return [known.line];
      });
    },
    since: (at) => inOrder.between(at, Number.POSITIVE_INFINITY).map(({ line }) => line),
    joined(from, into) {
      const own = byFlow.get(from);
      if (own === undefined) return;
      const others = byFlow.get(into) ?? [];
      for (const flow of [from, into]) byFlow.delete(flow);
      byFlow.set(into, [...others, ...own]);
    },
    forget(olderThan) {
      const before = Math.max(olderThan, inOrder.timeOfLast(mostHeld) ?? olderThan);
      inOrder.forget(before, ({ line }) => void ids.delete(line.id));
      for (const [flow, own] of byFlow) {
        if (own.some(({ failedAt }) => failedAt >= before)) return;
        byFlow.delete(flow);
        forgotten.set(flow, Math.max(...own.map(({ failedAt }) => failedAt)));
      }
    },
    tallies: () => tallies.all(),
    get lost() {
      return lost;
    },
    get lastLostAt() {
      return lastLostAt;
    },
  };
}

const takenBack = {
  ended: 'benign',
  author: { id: 'unknown', certainty: 'open', text: '' },
  cause: {
    ...{ id: 'unknown', certainty: 'open' },
    text: 'what was told of its end since shows that nothing was missing',
  },
  ...{ exclusions: [], rivals: [] },
} as const satisfies Partial<WatchLoss>;

/** How long it was idle, or what was asked of it, which nobody knew before. */
const tellsMore = (former: WatchLoss, { idleMs, unanswered }: LossLine): boolean =>
  (former.idleMs === null && idleMs !== null) || (former.unanswered === null && unanswered !== null);

const isNews = (former: WatchLoss, said: LossLine): boolean =>
  verdictKey(former) !== verdictKey(said) || former.ended !== said.ended;
