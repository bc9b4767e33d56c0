// Losses that are told in one breath: those of one episode, between the same ends, by the same author and for the same cause, counted.
import type { WatchLoss } from '../model/watch-record.ts';
import { clientName, serverName } from './watch-ends.ts';

export interface FoldedLosses {
  /** One of them, which stands for all. */
  readonly shown: WatchLoss;
  /** How many there are by now. */
  readonly count: number;
  /** They are of so many clients that these are not told apart. */
  readonly manyClients: boolean;
  /** Other things were said of them before. */
  readonly corrects: boolean;
  /** From the least to the most; null where it is known of none. */
  readonly ageMs: Span | null;
  readonly idleMs: Span | null;
  readonly unanswered: Span | null;
}

export type Span = readonly [least: number, most: number];

export interface LossFolds {
  take(losses: readonly WatchLoss[]): void;
  /** What is to be said now: what is new, corrected, or has become more and was not said within the last second. */
  due(nowMs: number): FoldedLosses[];
  /** All that is still to be said, at the end. */
  rest(): FoldedLosses[];
}

/** What became more is said again after this time. */
const againAfterMs = 1_000;
/** Clients of one episode that are told one by one. */
const mostClients = 8;
/** Of the losses that may still be corrected, and of the groups that may still grow. */
const mostHeld = 100_000;
const mostGroups = 20_000;

interface Group {
  readonly key: string;
  shown: WatchLoss | undefined;
  count: number;
  readonly manyClients: boolean;
  corrects: boolean;
  saidAt: number | undefined;
  ageMs: Span | null;
  idleMs: Span | null;
  unanswered: Span | null;
}

export function createLossFolds(): LossFolds {
  const groups = new Map<string, Group>();
  /** Of what is not told client by client: how many clients are. */
  const clients = new Map<string, number>();
  const held = new Map<string, { readonly group: Group; readonly loss: WatchLoss }>();
  const waiting = new Set<Group>();

  const open = (key: string, manyClients: boolean): Group => {
    const group: Group = {
      ...{ key, shown: undefined, count: 0, manyClients, corrects: false, saidAt: undefined },
      ...{ ageMs: null, idleMs: null, unanswered: null },
    };
    groups.set(key, group);
    letGo(groups, mostGroups);
    return group;
  };
  const groupOf = (loss: WatchLoss): Group => {
    const wide = wideKey(loss);
    const key = `${wide} ${clientName(loss.ends)}`;
    const known = groups.get(key);
    if (known !== undefined) return known;
    const before = clients.get(wide) ?? 0;
    if (before >= mostClients) return groups.get(wide) ?? open(wide, true);
    clients.set(wide, before + 1);
    letGo(clients, mostGroups);
    return open(key, false);
  };
  const join = (group: Group, loss: WatchLoss, corrects: boolean) => {
    group.shown ??= loss;
    group.count += 1;
    group.corrects ||= corrects;
    group.ageMs = wider(group.ageMs, loss.ageMs);
    group.idleMs = wider(group.idleMs, loss.idleMs);
    group.unanswered = wider(group.unanswered, loss.unanswered);
    waiting.add(group);
  };
  const leave = (group: Group, loss: WatchLoss) => {
    group.count -= 1;
    if (group.shown?.id === loss.id) group.shown = undefined;
    if (group.count > 0) return;
    waiting.delete(group);
    if (groups.get(group.key) === group) groups.delete(group.key);
  };
  const takeOne = (loss: WatchLoss) => {
    const before = held.get(loss.id);
    const group = before !== undefined && isAlike(before.group, loss) ? before.group : groupOf(loss);
    held.delete(loss.id);
    held.set(loss.id, { group, loss });
    letGo(held, mostHeld);
    if (before === undefined) join(group, loss, loss.revision > 1);
    else if (before.group !== group) {
      leave(before.group, loss);
      join(group, loss, before.group.saidAt !== undefined);
    } else if (group.shown?.id === loss.id) {
      group.shown = loss;
      if (saidOf(before.loss) === saidOf(loss)) return;
      group.corrects ||= group.saidAt !== undefined;
      waiting.add(group);
    }
  };
  const say = (group: Group, nowMs: number): FoldedLosses[] => {
    waiting.delete(group);
    // The one that stood for all may be told elsewhere by now.
    group.shown ??= [...held.values()].find((one) => one.group === group)?.loss;
    const { shown, count, manyClients, corrects, ageMs, idleMs, unanswered } = group;
    group.saidAt = nowMs;
    group.corrects = false;
    return shown === undefined ? [] : [{ shown, count, manyClients, corrects, ageMs, idleMs, unanswered }];
  };
  return {
    // So many are held that what they are drawn from would take more than all else.
    take: (losses) =>
      losses.forEach((loss) => takeOne({ ...loss, ladder: undefined, lastMoments: undefined })),
    due: (nowMs) =>
      [...waiting]
        .filter(({ saidAt }) => saidAt === undefined || nowMs - saidAt >= againAfterMs)
        .flatMap((group) => say(group, nowMs)),
    rest: () => [...waiting].flatMap((group) => say(group, Infinity)),
  };
}

/** What losses have in common that are told together, whoever their clients are. One without an episode is told with its second's. */
const wideKey = ({ at, episode, ends, ended, author, cause }: WatchLoss): string =>
  JSON.stringify([
    ...[episode ?? at.slice(0, 19), serverName(ends), ended],
    ...[author.id, author.certainty, cause.id, cause.certainty],
  ]);

const isAlike = ({ key, manyClients }: Group, loss: WatchLoss): boolean =>
  key === (manyClients ? wideKey(loss) : `${wideKey(loss)} ${clientName(loss.ends)}`);

/** What is printed of a single one. */
const saidOf = ({ ended, ageMs, idleMs, unanswered, author, cause, rivals }: WatchLoss): string =>
  JSON.stringify([ended, ageMs, idleMs, unanswered, author, cause, rivals]);

const wider = (span: Span | null, value: number | null): Span | null =>
  value === null ? span : [Math.min(span?.[0] ?? value, value), Math.max(span?.[1] ?? value, value)];

/** The oldest. */
function letGo(map: Map<string, unknown>, most: number): void {
  if (map.size <= most) return;
  const [oldest] = map.keys();
  if (oldest !== undefined) map.delete(oldest);
}
