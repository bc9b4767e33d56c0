// What a connection of a fleet is given, whom it tells, and what can be asked of it.
import type { LookupFunction } from 'node:net';
import type { Endpoint } from '../model/endpoint.ts';
import type { AfterBurst } from './after-burst.ts';
import type { Books } from './books.ts';
import type { DeadlineOwner, Deadlines } from './deadlines.ts';
import type { Life } from './redial-pace.ts';
import type { CloseWay } from './served-connection.ts';
import type { Surroundings } from './surroundings.ts';

/** What the connections of one fleet have in common. */
export interface ConnectionSettings {
  readonly target: Endpoint;
  readonly className: string;
  /** Said at every tick. */
  readonly question: Buffer;
  /** Bytes. */
  readonly maxLine: number;
  /** Milliseconds from one keep-alive probe of the kernel's to the next. Default: as Go's. */
  readonly keepAliveMs?: number;
  /** The log has what fails and nothing of what works. */
  readonly quiet: boolean;
  readonly lookup: LookupFunction;
  /** Where each segment is read to, whichever connection it is of: what is not used up at once is copied. */
  readonly input: Buffer;
  readonly books: Books;
  readonly owner: ConnectionOwner;
  readonly deadlines: Deadlines<Connection>;
  /** Until it is made. Default: the same. */
  readonly connectDeadlines?: Deadlines<Connection>;
  /** Where closing waits. */
  readonly burst: AfterBurst;
  readonly surroundings: Surroundings;
}

/** Whoever opens connections and decides what comes next; told by the slot's number which one it is about. */
interface ConnectionOwner {
  connected(slot: number): void;
  /** The connection failed; its event is out already. `life` is null when it was never made. */
  lost(slot: number, life: Life | null, slotAnswered: boolean): void;
  /** The connection was ended in order by ourselves, while the fleet goes on. */
  closed(slot: number, life: Life, slotAnswered: boolean): void;
  /** The local port that was chosen is in use by another program. True when another one is tried, and nothing has failed. */
  portTaken(slot: number): boolean;
}

export interface Connection extends DeadlineOwner {
  /** Connected, and no answer is outstanding. */
  isIdle(): boolean;
  /** For how many milliseconds it has been so. */
  idleForMs(): number;
  /** Sends a probe that was due at this monotonic millisecond. Only while idle. */
  send(dueMs: number): void;
  /** Its deadline has passed. */
  expire(): void;
  /**
   * Ends it as a bad client would: with a RST, or with a close that leaves unread what has come; or as a good one does, when it has read
   * its answer. Nothing while it is being made.
   */
  close(way: CloseWay): void;
  /** Ends it in an orderly way, without a failure; resolves when both sides have closed. */
  finish(): Promise<void>;
  /** Cuts short a finish that the peer does not answer. */
  abort(): void;
}

export interface ConnectionNumbers {
  readonly connection: number;
  readonly slot: number;
  /** The slot has had an answer, on a connection before this one. */
  readonly slotAnswered: boolean;
}
