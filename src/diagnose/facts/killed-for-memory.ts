// Whether the kernel killed the server's process because memory ran out. On the wire such an end looks like any other.
import { parseMicros, type Micros } from '../../model/clock.ts';
import { formatEndpoint } from '../../model/endpoint.ts';
import type { KernelEvent } from '../../model/kernel-event.ts';
import type { MemoryKill } from '../connections/node-timeline.ts';
import type { Story } from '../connections/story.ts';
import { asEvidence, no, unknown, yes, type Fact, type Look } from './fact.ts';
import { between } from '../connections/time-range.ts';
import { isBlind, kernelGap, momentOf } from './kernel-gap.ts';
import { endOfSender } from './reset-sender.ts';

/** Nobody dials for longer because of one end of the server's. */
const soonAfter: Micros = 20_000_000;
/** The kernel chooses its victim, and some milliseconds later closes what it had; tens of thousands of sockets in some seconds. */
const closesAllWithin: Micros = 30_000_000;
/** Lines of several CPUs are read one CPU after the other: the exit may be told before what the kernel had chosen. */
const toldWithin: Micros = 250_000;
/** A process that is killed does not end for longer before its sockets do. */
const momentBefore: Micros = 1_000_000;

/** The kernel killed the process that had the server's socket, or that had its listener and others of its sockets. */
export const serverKilledForMemory: Look = (story) => {
  // No process has ended what went on until nobody answered.
  if (story.lost.failure === 'timeout' || story.lost.failure === 'unreachable') return no();
  const end = endOfSender(story);
  const own = end === null || story.kernel.sideOf(end.act) !== 'server' ? endsOfListener(story) : end.told;
  const chosen = own.filter(({ tracepoint }) => tracepoint === 'oom-victim');
  if (chosen.length > 0) return yes(...chosen.map(asEvidence));
  // The kernel's own word of how the process ended comes before what was counted around that time.
  const none = noneTold(story, own);
  const counted = none.seen === 'no' && own.length > 0 ? [] : kills(story);
  return counted.length > 0 ? yes(...counted.map(asEvidence)) : none;
};

/** What was told of the end of the process that was the last to close sockets at the server's own address and port. */
function endsOfListener(story: Story): readonly KernelEvent[] {
  const { server, serverNode, lost, slack, nodes } = story;
  if (server === null || serverNode === null) return [];
  const closed = between(nodes.kernel.of(formatEndpoint(server)), since(story), lost.failedAt + slack).filter(
    ({ context, node, tuple }) =>
      context === 'process' && node === serverNode && tuple.src === server.address,
  );
  // Of several that ended one after the other the last had the listener.
  const last = closed.findLast((event) => (nodes.kernel.endsOf(event)?.length ?? 0) > 0);
  if (last === undefined) return [];
  return (nodes.kernel.endsOf(last) ?? []).filter(
    ({ at }) => Math.abs(parseMicros(last.at) - parseMicros(at)) <= closesAllWithin,
  );
}

/** What the log of the server's node and the counts of its cgroups tell of that time, be it whose it may. */
function killsNear(story: Story, from = since(story)): readonly MemoryKill[] {
  const { serverNode, lost, slack, nodes } = story;
  const to = lost.failedAt + slack;
  return nodes.memoryKills.filter((event) => {
    const began = event.event === 'cgroup-memory' ? event.since : event.at;
    return event.node === serverNode && parseMicros(event.at) >= from && parseMicros(began) <= to;
  });
}

/** Those of a process or a cgroup that is the server's. */
const kills = (story: Story): readonly MemoryKill[] =>
  killsNear(story).filter((event) => isServers(event, story));

function isServers(event: MemoryKill, { server, serverScope, serverIsNodeItself, nodes }: Story): boolean {
  // A pod's network is its containers' alone; a node's is that of many.
  if (event.event === 'cgroup-memory' && event.scope === serverScope && !serverIsNodeItself) return true;
  if (server === null) return false;
  const own = nodes.kernel
    .socketsOf(formatEndpoint(server))
    .filter(({ tuple, node }) => node === event.node && tuple.src === server.address);
  const { cgroup } = event;
  if (cgroup !== null && own.some((socket) => socket.cgroup === cgroup)) return true;
  const pid = event.event === 'kernel-log' ? (event.process?.pid ?? null) : null;
  return pid !== null && own.some(({ process }) => process?.pid === pid);
}

const since = ({ lost, slack }: Pick<Story, 'lost' | 'slack'>): Micros =>
  (lost.phase === 'connecting' ? Math.min(lost.lastGoodAt, lost.failedAt - soonAfter) : lost.lastGoodAt) -
  slack;

/** That nobody told of it: who would have, had it been. */
function noneTold(story: Story, ends: readonly KernelEvent[]): Fact {
  const { serverNode: node, lost, slack, nodes } = story;
  if (node === null) return unknown('memory-kills');
  const from = since(story);
  const isToldByKernel =
    kernelGap(story, 'server', Math.max(from, lost.failedAt - momentBefore)) === null &&
    nodes.toldAfter('kernel-events', node, endedAt(story, ends) + toldWithin) &&
    !isBlind(story, node, 'oom-kills') &&
    !isBlind(story, node, 'process-ends');
  // The kernel says first whom it chooses. Of one that had nothing but the listener it tells nothing.
  if (isToldByKernel && (lost.phase !== 'connecting' || ends.length > 0)) return no(...ends.map(asEvidence));
  const isToldByLog =
    nodes.readsWholeLog(node) &&
    // The kernel of one that is killed goes on acknowledging until its sockets are closed: what is said then is no word of its program.
    killsNear(story, from - closesAllWithin).length === 0 &&
    nodes.ran('kernel-log', node) &&
    !nodes.mayHaveMissed('kernel-log', node, from, lost.failedAt + slack) &&
    !nodes.missed('kernel-log', node, from, lost.failedAt);
  return isToldByLog ? no() : unknown('memory-kills');
}

const endedAt = (story: Story, ends: readonly KernelEvent[]): Micros =>
  Math.max(momentOf(story), ...ends.map(({ at }) => parseMicros(at)));
