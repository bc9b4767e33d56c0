// Says a failure in the words that Go's net package uses, since those are the lines the original prints and people search for.
import type { Failure } from './failure.ts';

/** Go's texts for Linux errnos (syscall/zerrors_linux_amd64.go); an errno that is not here is printed by its name. */
const errnoTexts: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EADDRINUSE: 'address already in use',
  EADDRNOTAVAIL: 'cannot assign requested address',
  EAFNOSUPPORT: 'address family not supported by protocol',
  ECONNABORTED: 'software caused connection abort',
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset by peer',
  EHOSTDOWN: 'host is down',
  EHOSTUNREACH: 'no route to host',
  EINVAL: 'invalid argument',
  EMFILE: 'too many open files',
  ENETDOWN: 'network is down',
  ENETUNREACH: 'network is unreachable',
  ENFILE: 'too many open files in system',
  ENOBUFS: 'no buffer space available',
  ENOMEM: 'cannot allocate memory',
  ENOTCONN: 'transport endpoint is not connected',
  EPERM: 'operation not permitted',
  EPIPE: 'broken pipe',
  EPROTO: 'protocol error',
  ETIMEDOUT: 'connection timed out',
};

const lookupTexts: Readonly<Record<string, string>> = {
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'Temporary failure in name resolution',
  DEADLINE: 'i/o timeout',
};

/**
 * How an established connection ended: `EOF`, `read tcp A->B: i/o timeout`, `write tcp A->B: write: broken pipe`.
 * @param local, remote `ADDRESS:PORT`
 */
export function streamErrorInGo(failure: Failure, local: string, remote: string): string {
  if (failure.errno === 'EOF') return 'EOF';
  const operation = failure.syscall === 'write' ? 'write' : 'read';
  return `${operation} tcp ${local}->${remote}: ${streamText(failure)}`;
}

function streamText({ errno, syscall }: Failure): string {
  if (errno === 'DEADLINE') return 'i/o timeout';
  if (errno === 'EMSGSIZE') return 'line too long';
  if (errno === 'IDLE') return 'idle timeout';
  return `${syscall}: ${errnoTexts[errno] ?? errno}`;
}

/**
 * Why no connection was made: `dial tcp 10.48.14.50:8080: connect: connection refused`,
 * `dial tcp: lookup netdebug: no such host`.
 * @param host As the user typed it.
 * @param remote `ADDRESS:PORT` that was dialled.
 */
export function dialErrorInGo({ errno, syscall }: Failure, host: string, remote: string): string {
  if (syscall === 'getaddrinfo') return `dial tcp: lookup ${host}: ${lookupTexts[errno] ?? errno}`;
  if (errno === 'DEADLINE') return `dial tcp ${remote}: i/o timeout`;
  // Node opens the socket within its connect call; Go names the call that really failed.
  const call = errno === 'EMFILE' || errno === 'ENFILE' ? 'socket' : syscall;
  return `dial tcp ${remote}: ${call}: ${errnoTexts[errno] ?? errno}`;
}

/** Why a connection could not be accepted: `accept tcp [::]:8080: accept4: too many open files`. */
export function acceptErrorInGo({ errno }: Failure, local: string): string {
  return `accept tcp ${local}: accept4: ${errnoTexts[errno] ?? errno}`;
}
