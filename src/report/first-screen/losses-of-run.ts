// What the connections of a run came to: those that were lost, and those that ended and are no loss of their own.
import type { ClassSummary, RunRecord } from '../../model/run-record.ts';
import { addEnded, endedCount, withoutEnded, type Ended } from './ended-words.ts';

export interface RunLosses {
  readonly lost: number;
  /** How these ended; null where an older record does not tell. */
  readonly ended: Ended | null;
  /** Attempts to connect again that failed while what had ended a connection went on. */
  readonly attempts: Ended;
  /** Closed by the peer in order while nothing was asked. */
  readonly inOrder: number;
  /** Ended, and an older record does not tell whether by one or by the other. */
  readonly others: number;
  readonly neverAnswered: number;
}

const endedIn = ({ resets, otherFailures }: ClassSummary): Ended => ({ reset: resets, ...otherFailures });

export function lossesOfRun({ classes, findings }: RunRecord): RunLosses {
  const all = addEnded(classes.map(endedIn));
  const neverAnswered = classes.reduce((sum, one) => sum + (one.neverAnswered ?? 0), 0);
  const found = findings.reduce((sum, { connections }) => sum + connections, 0);
  const nothing = { attempts: {}, inOrder: 0, others: 0, neverAnswered };
  if (found === 0) {
    // Everything else would have been explained, or said to be open.
    const { closed = 0, ...ended } = all;
    return { ...nothing, lost: endedCount(ended), ended, inOrder: closed };
  }
  const told = findings.map(({ ended, connections }) =>
    ended === undefined ? null : { ended, connections },
  );
  if (told.every((one) => one !== null && endedCount(one.ended) === one.connections)) {
    const ended = addEnded(told.flatMap((one) => one?.ended ?? []));
    const { closed = 0, ...attempts } = withoutEnded(all, ended);
    return { ...nothing, lost: found, ended, attempts, inOrder: closed };
  }
  const others = Math.max(0, endedCount(all) - found);
  return { ...nothing, lost: found, ended: others === 0 ? all : null, others };
}

export type Side = 'same-node' | 'cross-node';

/** The side on which all were lost, where both were watched; null where losses are on both, or classes have no sides. */
export function onlySide({ classes }: RunRecord): Side | null {
  const sideOf = ({ name }: ClassSummary): Side | null =>
    name.startsWith('co-located') ? 'same-node' : name.startsWith('remote') ? 'cross-node' : null;
  const sides = classes.map(sideOf);
  if (sides.includes(null) || !sides.includes('same-node') || !sides.includes('cross-node')) return null;
  const hit = new Set(classes.filter((one) => endedCount(endedIn(one)) > 0).map(sideOf));
  const [only, another] = [...hit];
  return another === undefined ? (only ?? null) : null;
}
