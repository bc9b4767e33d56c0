// What a kernel's line of a RST that it sent says of why: by its reason where the kernel names one, else by the state and the context.
import type { KernelEvent } from '../../model/kernel-event.ts';

/**
 * `aborted`: its own process closed it so (unread input, linger 0, exit). `destroyed`: a program took a living socket away. `no-socket`:
 * nobody has such a socket. `unknown-to-listener`: a listener is there, and the packet is of no connection. `closed`: its process had
 * closed it, and data came (orphan, TIME_WAIT). `kept-in-vain`: keep-alive ran out. `other`: some other answer.
 */
export type ResetKind =
  'aborted' | 'destroyed' | 'no-socket' | 'unknown-to-listener' | 'closed' | 'kept-in-vain' | 'other';

/** By names that no version has used for anything else. */
const byReason: Readonly<Record<string, ResetKind>> = {
  NO_SOCKET: 'no-socket',
  TCP_TIMEWAIT_SOCKET: 'closed',
  TCP_ABORT_ON_DATA: 'closed',
  TCP_KEEPALIVE_TIMEOUT: 'kept-in-vain',
};

const byOwnProcess = new Set(['TCP_ABORT_ON_CLOSE', 'TCP_ABORT_ON_LINGER', 'TCP_DISCONNECT_WITH_DATA']);
/** Linger 0 and `ss -K` alike; kernels before 6.12 say no more of any of them. */
const bySystemCall = new Set([null, 'NOT_SPECIFIED', 'TCP_STATE']);

export function kindOfReset({ context, packet, reason, socket, state }: KernelEvent): ResetKind {
  const named = reason === null ? undefined : byReason[reason];
  if (named !== undefined) return named;
  if (state === 'LISTEN') return 'unknown-to-listener';
  if (state === 'TIME_WAIT') return 'closed';
  if (context === 'process' && packet === null) {
    if (reason !== null && byOwnProcess.has(reason)) return 'aborted';
    // A socket is closed before its RST is sent when its own process does it; one that is destroyed is still in its state.
    if (bySystemCall.has(reason) && state !== null) return state === 'CLOSE' ? 'aborted' : 'destroyed';
  }
  return socket === null && state === 'UNKNOWN' ? 'no-socket' : 'other';
}
