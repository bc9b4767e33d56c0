// What a failure counts as: the kernel's word for it says how a connection ended, not always who ended it.
import type { FailedEvent, FailureKind } from '../../model/probe-event.ts';

/**
 * The outcome that is counted. A RST is a `reset` only of a connection that had had an answer: a server that takes a connection and
 * closes it at once sends a FIN, or a RST where our question was there already, by chance (RFC 2525, 2.17). EPIPE means that its FIN came before
 * the RST (Linux, tcp_reset): it had closed, and the RST only answers what we sent afterwards.
 */
export function outcomeOf(event: FailedEvent): FailureKind {
  const closedFirst = event.errno === 'EPIPE' || event.answers === 0;
  return event.failure === 'reset' && closedFirst ? 'closed' : event.failure;
}

/** An established connection got a RST: somebody sent it. */
export function isRst({ failure, phase }: FailedEvent): boolean {
  return failure === 'reset' && phase !== 'connecting';
}

/** The connection was worth having: it was answered as often as probes are due, or for a while. Dialling anew is then no hot loop. */
export function hasProven(answers: number, livedMs: number): boolean {
  return answers >= 2 || (answers === 1 && livedMs >= 1_000);
}
