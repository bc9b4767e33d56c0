// Lines of a kernel and ends of sockets, after what real ones told, for the one connection that made-by-hand.ts tells of.
import type { KernelEvent } from '../../src/model/kernel-event.ts';
import type { NodeEvent, Tuple } from '../../src/model/node-event.ts';
import { at, client, firstEntry, server, service } from './story-events.ts';
import { counters, good, lost, port, ran } from './made-by-hand.ts';

const end = (src: string, sport: number, dst: string, dport: number): Tuple => ({ src, sport, dst, dport });
/** As each end's own socket is named, the local end first. */
export const [atClient, atServer] = [end(client, port, service, 8_080), end(server, 8_080, client, port)];
/** As a listener's RST is: without a peer. */
export const atListener = end('0.0.0.0', 8_080, '0.0.0.0', 0);
/** As a kernel answers in the name of a Service's address. */
export const atService = end(service, 8_080, client, port);

export const told = (
  seconds: number,
  tracepoint: KernelEvent['tracepoint'],
  tuple: Tuple | null,
  more: Partial<KernelEvent> = {},
): KernelEvent => ({
  ...{ event: 'kernel', at: at(seconds), node: 'node-1', source: 'kernel-events', tracepoint, tuple },
  ...{ text: `${tracepoint} ${tuple?.src ?? ''}`, file: 'evidence/node-1/kernel-events.log' },
  ...{ context: 'interrupt', process: null, cookie: null, socket: null, packet: null, state: null },
  ...{ newState: null, reason: null, number: null, stack: [], ...more },
});

const byProcess = (pid: number, command: string) => ({
  context: 'process' as const,
  process: { pid, command, container: null, pod: null },
});
export const byServer = byProcess(4_711, 'redis-server');
export const byClient = byProcess(815, 'worker');
const bySs = byProcess(99, 'ss');

const [rst, before] = [lost - 0.001, lost - 0.0012];
const active = { socket: 'ff01', state: 'CLOSE' };
const answersPacket = { packet: 'ff02', state: 'UNKNOWN', reason: 'NO_SOCKET' };

export const serverAborts = (reason: string | null = 'TCP_ABORT_ON_CLOSE') =>
  told(rst, 'send-reset', atServer, { ...byServer, ...active, reason });
export const clientAborts = () =>
  told(rst, 'send-reset', atClient, { ...byClient, ...active, reason: 'TCP_ABORT_ON_CLOSE' });
export const hasNoSocket = (tuple: Tuple) => told(rst, 'send-reset', tuple, answersPacket);
export const listenerAnswers = (seconds = rst) =>
  told(seconds, 'send-reset', atListener, {
    socket: 'ff03',
    packet: 'ff02',
    state: 'LISTEN',
    reason: 'TCP_FLAGS',
  });
export const hadClosed = (tuple: Tuple) =>
  told(rst, 'send-reset', tuple, {
    packet: 'ff02',
    socket: 'ff01',
    state: 'TIME_WAIT',
    reason: 'TCP_TIMEWAIT_SOCKET',
  });
export const keptInVain = () =>
  told(rst, 'send-reset', atServer, {
    socket: 'ff01',
    state: 'ESTABLISHED',
    reason: 'TCP_KEEPALIVE_TIMEOUT',
  });
export const isTaken = (tuple: Tuple): KernelEvent[] => [
  told(rst, 'send-reset', tuple, { ...bySs, socket: 'ff01', state: 'ESTABLISHED', reason: 'TCP_STATE' }),
  told(rst, 'socket-error', tuple, { ...bySs, number: 103 }),
];
export const isReset = (tuple: Tuple, seconds = rst + 0.0001) =>
  told(seconds, 'receive-reset', tuple, { cookie: tuple === atClient ? 'c1' : 's1' });
/** As a living socket is told of it. */
export const losesByReset = (tuple: Tuple): KernelEvent[] => [
  isReset(tuple),
  told(rst + 0.0001, 'set-state', tuple, { state: 'ESTABLISHED', newState: 'CLOSE' }),
];
export const closes = (tuple: Tuple, by = byServer) =>
  told(before, 'set-state', tuple, { ...by, state: 'ESTABLISHED', newState: 'FIN_WAIT1' });
export const gaveUp = () => told(rst, 'socket-error', atClient, { number: 110 });
const target = { ...byServer.process };
export const exits = (seconds = before) => told(seconds, 'process-exit', null, { ...byServer, target });
export const isKilled = (number: number, seconds = before) =>
  told(seconds, 'signal', null, { ...byProcess(1, 'init'), target, number });

export const endOfSocket = (tuple: Tuple, unread: number): NodeEvent => ({
  ...{
    event: 'socket',
    at: at(lost),
    node: 'node-1',
    source: 'sockets',
    text: `${tuple.src} unread ${unread}`,
  },
  ...{ file: 'evidence/node-1/sockets.log', change: 'destroyed', scope: tuple.src, cookie: null, tuple },
  ...{ state: null, process: null, cgroup: null, unread, unsent: 0, lastSentMs: 100, lastReceivedMs: 99 },
  ...{ bytesSent: 1, bytesReceived: 1, retransmissions: 0, timer: null },
});

/** Whose addresses the node's pods have, and how the client's packets reach the server. */
export const known: readonly NodeEvent[] = [
  counters('snmp', server, { TcpInSegs: 1 }, [good - 0.3, good - 0.2]),
  counters('snmp', client, { TcpInSegs: 1 }, [good - 0.3, good - 0.2]),
  firstEntry(1, port),
];
/** The kernel's events were told from before to after. */
export const kernel = ran('kernel-events');
/** Of a node on which somebody went on telling. */
export const afterwards = counters('snmp', server, { TcpInSegs: 1 }, [lost + 0.9, lost + 1]);
