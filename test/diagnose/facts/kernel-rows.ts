// The table's rows of what kernels tell.
import type { NodeEvent } from '../../../src/model/node-event.ts';
import { counters, failed, good, lost, outsideRst, ran, routeGone, source, talk } from '../made-by-hand.ts';
import { server } from '../story-events.ts';
import {
  afterwards,
  atClient,
  atServer,
  atService,
  byClient,
  clientAborts,
  closes,
  endOfSocket,
  exits,
  gaveUp,
  hadClosed,
  hasNoSocket,
  isKilled,
  isReset,
  isTaken,
  kernel,
  keptInVain,
  known,
  listenerAnswers,
  losesByReset,
  serverAborts,
  told,
} from '../kernel-events.ts';
import type { Row, Told, Unknowable } from './row.ts';

const probes = [failed()];
const story = (...nodes: readonly NodeEvent[]): Told => ({ nodes: [...known, ...kernel, ...nodes], probes });
const nobodyRan = (missing: Unknowable['missing']): Unknowable => ({ nodes: known, probes, missing });
/** The witness says that it overwrote some. */
const lossy = (missing: Unknowable['missing']): Unknowable => ({
  nodes: [...known, ...kernel, source('kernel-events', 'limited', { lost: 3 })],
  probes,
  missing,
});
const blindTo = (
  spot: string,
  missing: Unknowable['missing'],
  ...nodes: readonly NodeEvent[]
): Unknowable => ({
  ...story(source('kernel-events', 'limited', { blindTo: [spot] }), ...nodes),
  missing,
});

export const kernelRows = {
  'server aborted it itself': {
    seen: story(serverAborts()),
    notSeen: story(isReset(atClient)),
    unknowable: nobodyRan('kernel-events'),
  },
  'client aborted it itself': {
    seen: story(clientAborts()),
    notSeen: story(serverAborts()),
    unknowable: lossy('what-was-lost'),
  },
  'its process was ending': {
    seen: story(isKilled(15), exits(), serverAborts(), afterwards),
    notSeen: story(serverAborts(), afterwards),
    unknowable: blindTo('process-ends', 'process-ends', serverAborts(), afterwards),
  },
  "server's kernel had no socket": {
    seen: story(hasNoSocket(atServer), isReset(atClient)),
    notSeen: story(serverAborts()),
    // Older kernels do not tell of it.
    unknowable: blindTo('resets-without-socket', 'resets-without-socket', isReset(atClient)),
  },
  "client's kernel had no socket": {
    seen: story(hasNoSocket({ ...atClient, dst: atServer.src })),
    notSeen: story(isReset(atClient)),
    unknowable: nobodyRan('kernel-events'),
  },
  "node's kernel had no socket": {
    seen: story(hasNoSocket(atService)),
    notSeen: story(isReset(atClient)),
    unknowable: nobodyRan('kernel-events'),
  },
  'server had closed it before': {
    seen: story(closes(atServer), hadClosed(atServer)),
    notSeen: story(serverAborts()),
    unknowable: lossy('what-was-lost'),
  },
  'client had closed it before': {
    seen: story(closes(atClient, byClient), hadClosed(atClient)),
    notSeen: story(serverAborts()),
    unknowable: lossy('what-was-lost'),
  },
  'keep-alive ran out': {
    seen: story(keptInVain(), isReset(atClient)),
    notSeen: story(isReset(atClient)),
    unknowable: nobodyRan('kernel-events'),
  },
  "a program took the server's socket": {
    seen: story(...isTaken(atServer)),
    notSeen: story(isReset(atClient)),
    unknowable: nobodyRan('kernel-events'),
  },
  "a program took the client's socket": {
    seen: story(...isTaken(atClient)),
    notSeen: story(isReset(atClient)),
    unknowable: lossy('what-was-lost'),
  },
  "server's kernel sent a RST": {
    seen: story(serverAborts()),
    notSeen: story(isReset(atClient)),
    // Of two sockets that were reset just then, one was by the listener: which, its line does not say.
    unknowable: {
      ...story(listenerAnswers(), isReset(atClient), isReset({ ...atClient, sport: 40_002 })),
      missing: 'peer-of-listener',
    },
  },
  "client's kernel sent a RST": {
    seen: story(clientAborts()),
    notSeen: story(serverAborts()),
    unknowable: nobodyRan('kernel-events'),
  },
  "node's kernel sent a RST": {
    seen: story(hasNoSocket(atService)),
    notSeen: story(serverAborts()),
    unknowable: nobodyRan('kernel-events'),
  },
  'server closed it itself': {
    seen: story(closes(atServer)),
    notSeen: story(isReset(atClient)),
    // It began when the connection was well no more.
    unknowable: {
      nodes: [...known, source('kernel-events', 'started', { seconds: good + 0.05 })],
      probes,
      missing: 'its-hours',
    },
  },
  'client closed it itself': {
    seen: story(closes(atClient, byClient)),
    notSeen: story(serverAborts()),
    unknowable: lossy('what-was-lost'),
  },
  "client's socket was reset": {
    seen: story(isReset(atClient)),
    notSeen: story(closes(atServer)),
    unknowable: nobodyRan('kernel-events'),
  },
  "server's socket was reset": {
    seen: story(isReset(atServer)),
    notSeen: story(isReset(atClient)),
    unknowable: nobodyRan('kernel-events'),
  },
  "server's socket had ended": {
    seen: story(closes(atServer)),
    notSeen: story(hasNoSocket(atServer)),
    // Nothing tells which port the server knew it by.
    unknowable: {
      nodes: [...known.slice(0, 2), ...kernel, isReset(atClient)],
      probes,
      missing: 'entries-of-connection',
    },
  },
  "client's kernel gave up": {
    seen: { ...story(gaveUp()), probes: [failed({ failure: 'timeout', errno: 'ETIMEDOUT' })] },
    notSeen: story(isReset(atClient)),
    unknowable: nobodyRan('kernel-events'),
  },
  'server left input unread': {
    seen: story(serverAborts(), endOfSocket(atServer, 30)),
    notSeen: story(serverAborts(), endOfSocket(atServer, 0)),
    unknowable: { ...story(serverAborts()), missing: 'sockets' },
  },
} as const satisfies Partial<Record<string, Row>>;

const abortsByClose = () => ({
  ...serverAborts(),
  stack: ['tcp_send_active_reset', 'tcp_close', '__x64_sys_close', 'do_syscall_64'],
});

/** What is told of a process that is asked to end, or is killed, in the story in which it aborts the connection. */
export const endings = {
  killed: story(isKilled(9), serverAborts(), afterwards),
  asked: story(isKilled(15), serverAborts(), afterwards),
  exitToldLate: story(isKilled(15), serverAborts(), exits(lost + 0.1), afterwards),
  ofItself: story(exits(), serverAborts(), afterwards),
  bySomeSignal: story(exits(), { ...serverAborts(), stack: ['do_exit', 'get_signal'] }, afterwards),
  askedAndClosed: story(isKilled(15), abortsByClose(), exits(lost + 0.1), afterwards),
  closedAndLeft: story(abortsByClose(), exits(lost + 0.1), afterwards),
  killedAsItClosed: story(isKilled(9), abortsByClose(), afterwards),
  justNow: story(serverAborts()),
  inVain: story(
    ...[0.001, 0.002].map((later) => told(good + later, 'retransmit', atClient)),
    hadClosed(atClient),
  ),
  counted: story(counters('snmp', server, { TcpOutRsts: 1 }), ...losesByReset(atClient)),
  countedAnother: story(
    counters('snmp', server, { TcpOutRsts: 1 }),
    told(lost - 0.01, 'send-reset', { ...atServer, dport: 40_777 }, { state: 'CLOSE', reason: 'TCP_STATE' }),
    ...losesByReset(atClient),
  ),
  outsideThough: {
    told: story(...talk(), ...outsideRst(), ...ran('capture'), serverAborts()),
    counted: story(
      ...talk(),
      ...outsideRst(),
      ...ran('capture'),
      counters('snmp', server, { TcpOutRsts: 1 }),
    ),
    silent: story(...talk(), ...outsideRst(), ...ran('capture')),
  },
  ofNewPod: story(routeGone(lost - 0.3), ...losesByReset(atClient)),
  heldBack: story(listenerAnswers(lost - 1.2), ...losesByReset(atClient)),
};
