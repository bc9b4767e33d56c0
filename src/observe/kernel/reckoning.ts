// What the kernel's own counters, which lose nothing, say of how many events there must have been.
import { readFileSync } from 'node:fs';
import { parseSnmp } from '../snmp-counters.ts';
import { namespaceOf } from '../pod-namespaces.ts';
import type { NodeScope } from './node-namespaces.ts';
import type { Told } from './told.ts';

export interface Reckoning {
  /** Reads the counters of namespaces that are new. */
  follow(scopes: Iterable<NodeScope>): void;
  /** An event of a namespace was kept. */
  note(scope: NodeScope, told: Told): void;
  /** Reads the counters of those that still live, and compares. */
  settle(): Balance;
}

export interface Balance {
  /** RSTs that sockets and kernels sent, and connections that ended without a FIN: as counted, and as told. */
  readonly resets: Account;
  readonly aborts: Account;
}

interface Account {
  readonly counted: number;
  readonly told: number;
}

interface Book {
  readonly scope: NodeScope;
  readonly before: Counts;
  resets: number;
  aborts: number;
}

interface Counts {
  readonly resets: number;
  readonly aborts: number;
}

/** Namespaces that went are remembered: a pod's only process may be started again. */
const mostBooks = 500;

/**
 * A pod that came while we watched counts from its beginning; `follow` is called first for those that were there before. `read`
 * returns undefined for a namespace whose process is gone.
 */
export function createReckoning(read: (scope: NodeScope) => Counts | undefined = readCounts): Reckoning {
  const books = new Map<number, Book>();
  let first = true;
  return {
    follow(scopes) {
      for (const scope of scopes) {
        const known = books.get(scope.id);
        const before = known?.before ?? (first ? read(scope) : { resets: 0, aborts: 0 });
        if (before === undefined) continue;
        const { resets, aborts } = known ?? { resets: 0, aborts: 0 };
        books.delete(scope.id);
        books.set(scope.id, { scope, before, resets, aborts });
        const [oldest] = books.keys();
        if (books.size > mostBooks && oldest !== undefined) books.delete(oldest);
      }
      first = false;
    },
    note({ id }, { kind, state, newState }) {
      const book = books.get(id);
      if (book === undefined) return;
      if (kind === 'send-reset') book.resets += 1;
      // As tcp_set_state counts EstabResets.
      const lived = state === 'ESTABLISHED' || state === 'CLOSE_WAIT';
      if (kind === 'set-state' && newState === 'CLOSE' && lived) book.aborts += 1;
    },
    settle() {
      const [resets, aborts] = [
        { counted: 0, told: 0 },
        { counted: 0, told: 0 },
      ];
      for (const { scope, before, ...told } of books.values()) {
        const now = read(scope);
        if (now === undefined) continue;
        resets.counted += now.resets - before.resets;
        resets.told += told.resets;
        aborts.counted += now.aborts - before.aborts;
        aborts.told += told.aborts;
      }
      return { resets, aborts };
    },
  };
}

function readCounts({ proc, id }: NodeScope): Counts | undefined {
  try {
    // The process may be another one by now.
    if (namespaceOf(proc) !== id) return undefined;
    const counters = parseSnmp(readFileSync(`${proc}/net/snmp`, 'utf8'));
    return { resets: counters['TcpOutRsts'] ?? 0, aborts: counters['TcpEstabResets'] ?? 0 };
  } catch {
    return undefined;
  }
}

/** `12 of 12 RSTs that were sent, 9 of 10 connections that ended without a FIN` */
export function describeBalance({ resets, aborts }: Balance): string {
  return `${resets.told} of ${resets.counted} RSTs that were sent, ${aborts.told} of ${aborts.counted} connections that ended without a FIN`;
}

/** How many events are missing by what was counted. */
export const missingBy = ({ resets, aborts }: Balance): number =>
  Math.max(0, resets.counted - resets.told) + Math.max(0, aborts.counted - aborts.told);

/** How many events are too many: another namespace, with the same addresses, must be their origin. */
export const surplusBy = ({ resets, aborts }: Balance): number =>
  Math.max(0, resets.told - resets.counted) + Math.max(0, aborts.told - aborts.counted);
