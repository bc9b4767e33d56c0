// One connection that ended badly, whoever reported it: what is known of it by itself, before anything else is joined to it.
import type { Micros } from '../../model/clock.ts';
import type { Endpoint } from '../../model/endpoint.ts';
import type { FailedEvent, FailureKind, Phase } from '../../model/probe-event.ts';

export interface LostConnection {
  /** Whose clock its times are of: a process of probes, or the captures. */
  readonly origin: string;
  /** How findings name its kind: the class of a probe, the client's address where a capture alone tells of it. */
  readonly group: string;
  /** The client's end as the client has it; null when no connection was made. */
  readonly client: Endpoint | null;
  /** What the client dialled. */
  readonly target: Endpoint;
  /** The client's end as each leg of its way shows it, where a capture tells; empty when others have to. */
  readonly legs: readonly string[];
  readonly bornAt: Micros;
  /** The last moment at which the connection is known to have worked. */
  readonly lastGoodAt: Micros;
  readonly failedAt: Micros;
  readonly failure: FailureKind;
  /** What it was for the client just then; null when that cannot be told. */
  readonly phase: Phase | null;
  /** The program's own word, where it wrote one; null for a connection that only packets tell of. */
  readonly report: FailedEvent | null;
  /** Only the server's program told of it: the client's, which writes down what it lives through, was gone. */
  readonly toldBy?: 'server';
  /** What became of the next attempts of the same client, the first first, as far as it is known. */
  readonly afterwards: readonly NextAttempt[];
  /** Where the server had closed in order and the next attempt was refused: that attempt as what was lost. */
  readonly refusedNext?: LostConnection;
  /** The longest time, in milliseconds, that the client's process said nothing before it failed; 0 when it said nothing at all. */
  readonly silenceMs: number;
  /** The longest that the client's process said to have run late within the second before, of this connection or another; milliseconds. */
  readonly lateMs: number;
}

export interface NextAttempt {
  readonly at: string;
  /** Null: it connected. */
  readonly failure: FailureKind | null;
}

/** How late the client's process ran when it told of the loss, and so how late its stamps may be, milliseconds. */
export const loopDelayMs = ({ report }: LostConnection): number => report?.loopDelayMs ?? 0;
