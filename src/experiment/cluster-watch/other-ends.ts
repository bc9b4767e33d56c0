// With whom the watched pods speak: the other end of each of their connections, as soon as any node tells of one.
import { plainAddress } from '../../model/endpoint.ts';
import type { NodeEvent, Tuple } from '../../model/node-event.ts';

/** Addresses that are told to nobody again. */
const mostKnown = 50_000;

/**
 * A function that returns the other ends that an event is the first to tell of.
 * @param watched The addresses of the watched pods, and of Services that lead to them; it may change.
 */
export function createOtherEnds(watched: ReadonlySet<string>): (event: NodeEvent) => readonly string[] {
  const known = new Set<string>();
  const take = ({ src, dst }: Tuple): string[] => {
    const ends = [plainAddress(src), plainAddress(dst)];
    if (!ends.some((one) => watched.has(one))) return [];
    return ends.filter((one) => {
      if (watched.has(one) || known.has(one)) return false;
      if (known.size >= mostKnown) known.clear();
      known.add(one);
      return true;
    });
  };
  return (event) => {
    switch (event.event) {
      case 'packet':
      case 'socket':
        return take(event.tuple);
      case 'conntrack':
        return [...take(event.original), ...take(event.reply)];
      case 'kernel':
        return event.tuple === null ? [] : take(event.tuple);
      default:
        return [];
    }
  };
}
