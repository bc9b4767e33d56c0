// Why a connection ended, as data: an errno, the call that returned it, and the kind that statistics count.
import type { FailureKind } from '../model/probe-event.ts';

export interface Failure {
  readonly failure: FailureKind;
  readonly errno: string;
  readonly syscall: string;
}

/** The peer closed in an orderly way: a FIN, which Go reads as io.EOF. */
export const endOfStream: Failure = { failure: 'closed', errno: 'EOF', syscall: 'read' };

/** A line longer than --max-line. */
export const lineTooLong: Failure = { failure: 'other', errno: 'EMSGSIZE', syscall: 'read' };

/** The server itself is stopping. */
export const shuttingDown: Failure = { failure: 'closed', errno: 'SHUTDOWN', syscall: 'shutdown' };

/** The server ends every connection from time to time, because it was told to (--close-every). */
export const closedOnPurpose: Failure = { failure: 'closed', errno: 'CLOSED', syscall: 'close' };

/** The server ends a connection on which nothing was asked for too long (--idle-timeout). */
export const idleTooLong: Failure = { failure: 'closed', errno: 'IDLE', syscall: 'shutdown' };
/** The client does, with a RST: the server is the one that loses it. */
export const abortedOnPurpose: Failure = { failure: 'other', errno: 'ABORTED', syscall: 'close' };

/**
 * Our own deadline passed. Not ETIMEDOUT, because that is the kernel's word for having given up retransmitting, which is
 * another finding.
 */
export function deadlinePassed(syscall: 'getaddrinfo' | 'connect' | 'read' | 'write'): Failure {
  return { failure: 'timeout', errno: 'DEADLINE', syscall };
}

const kinds: Readonly<Record<string, FailureKind>> = {
  ECONNRESET: 'reset',
  // The kernel says EPIPE instead of ECONNRESET when the RST came after the peer's FIN or was already reported once.
  EPIPE: 'reset',
  // A program with the right to do so destroyed the socket, and the peer was sent the RST.
  ECONNABORTED: 'reset',
  ECONNREFUSED: 'refused',
  ETIMEDOUT: 'timeout',
  EHOSTUNREACH: 'unreachable',
  EHOSTDOWN: 'unreachable',
  ENETUNREACH: 'unreachable',
  ENETDOWN: 'unreachable',
};

/** The failure that an error of node:net or node:dns stands for; of several addresses' errors, the first, as Go reports it. */
export function failureOf(error: Error): Failure {
  const { code, syscall } = firstOf(error);
  const errno = code ?? 'UNKNOWN';
  return { failure: kinds[errno] ?? 'other', errno, syscall: syscall ?? 'unknown' };
}

/** The address that a failed connect was for, when the error names it. */
export function addressOf(error: Error): string | undefined {
  const first = firstOf(error);
  return 'address' in first && typeof first.address === 'string' ? first.address : undefined;
}

/** Said of the local end: bind() finds it in use, or connect() finds the same pair of ends in TIME_WAIT. */
export function isPortTaken(error: Error): boolean {
  const code = 'code' in error ? error.code : undefined;
  return (
    code === 'EADDRINUSE' || (code === 'EADDRNOTAVAIL' && 'syscall' in error && error.syscall === 'connect')
  );
}

function firstOf(error: Error): NodeJS.ErrnoException {
  if (error instanceof AggregateError && error.errors[0] instanceof Error) return error.errors[0];
  return error;
}
