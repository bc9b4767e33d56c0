// Which nodes a passage leads over, where it stops and who answers there.
import type { Author } from '../../../model/author.ts';
import type { Crossing } from '../../../model/shown-connection.ts';
import type { Passage } from '../../run-view.ts';

export interface Sites {
  /** The client's node, and the server's when that is another one. */
  readonly nodes: readonly string[];
  readonly first: Crossing | undefined;
  /** The second entry on the client's own node: the packet came back over the VPC. */
  readonly again: Crossing | undefined;
  /** The entry on another node. */
  readonly beyond: Crossing | undefined;
}

export function sitesOf({ crossings }: Passage): Sites {
  const [first] = crossings;
  const beyond = crossings.find((crossing) => crossing.node !== first?.node);
  const nodes = [...new Set(crossings.map((crossing) => crossing.node))];
  return { nodes, first, again: againOnNode(crossings), beyond };
}

/** The second entry on the first node. */
export function againOnNode(crossings: readonly Crossing[]): Crossing | undefined {
  return crossings.slice(1).find((crossing) => crossing.node === crossings[0]?.node);
}

/** The packet arrives with a port that the server has no socket for, and nobody else is known to have answered it. */
export function answeredByReset({ accepted, seen, end }: Passage): boolean {
  const isServers = end === null || end.author === 'server-kernel' || end.author === 'unknown';
  return isServers && accepted !== null && accepted.port !== seen.port;
}

/** Something happened to the packet. */
export const isLost = (passage: Passage): boolean => passage.end !== null || answeredByReset(passage);

/** `first`: on the node with the first entry; `between`: beyond it; `second`: on the node with the second entry. */
export type StopSite = 'first' | 'between' | 'second';

/** Whoever of these answers has had the packet, or it was no packet of the client that mattered. */
const answersAtServer = new Set<Author>([
  ...(['server-application', 'server-process-died', 'server-kernel', 'privileged-program'] as const),
  ...(['client-application', 'client-process-died', 'client-kernel'] as const),
]);

/** Where the client's last packet stopped, as far as it was seen; null where it arrived, and where nobody can tell. */
export function stopSite(passage: Passage): StopSite | null {
  const { end, crossings } = passage;
  const stopped = end?.stopped ?? null;
  if (end === null || stopped === null || stopped.from === 'server' || answersAtServer.has(end.author))
    return null;
  // Where only one entry is drawn, its node is all that there is to be passed.
  if (crossings.length < 2) return 'first';
  const [last, next] = [stopped.lastSeen, stopped.next].map((place) => place.split(' ').at(-1));
  if (last === 'out' && next === 'in') return 'between';
  if (last !== 'in' || next !== 'out') return null;
  return end.places <= 1 ? 'first' : 'second';
}

/** Whoever of these answers, or does not, the packet need not have come to the server. */
const leavesOpen = new Set<Author>(['nobody', 'node-rule', 'node-kernel', 'in-between', 'unknown']);

/** Nobody saw the client's last packet arrive, nor at which part of the drawing it stopped. */
export function isUntraced(passage: Passage): boolean {
  const { end } = passage;
  if (end === null || answeredByReset(passage)) return false;
  const isBack = end.stopped?.from === 'server';
  const isKnown = isBack || end.arrived || stopSite(passage) !== null;
  return leavesOpen.has(end.author) && !isKnown;
}

/** At which part of the drawing that stands which ended the connection; `open` where nobody knows. */
export type AnswerSite = 'client' | 'first' | 'between' | 'second' | 'server' | 'nowhere' | 'open';

export function answerSite(passage: Passage): AnswerSite {
  const { end, crossings } = passage;
  if (end === null) return answeredByReset(passage) ? 'server' : 'nowhere';
  const { author, answeredAt } = end;
  if (author.startsWith('server-')) return 'server';
  if (author.startsWith('client-')) return 'client';
  if (author === 'in-between') return 'between';
  if (author === 'node-rule' || author === 'node-kernel') {
    const stop = stopSite(passage);
    if (stop === 'first' || stop === 'second') return stop;
    const node = answeredAt?.split(' ')[0];
    return crossings.findIndex((crossing) => crossing.node === node) > 0 ? 'second' : 'first';
  }
  return author === 'nobody' ? 'nowhere' : answeredByReset(passage) ? 'server' : 'open';
}
