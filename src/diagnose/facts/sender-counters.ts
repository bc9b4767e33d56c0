// What the kernel of whoever sent the first RST counted: RSTs of its own, sockets that their programs aborted. What a rule rejects, and
// what passes through, counts there as little as what another kernel sends.
import { parseMicros, type Micros } from '../../model/clock.ts';
import type { CountersEvent, PacketEvent } from '../../model/node-event.ts';
import type { Story } from '../connections/story.ts';
import { counterLine, rose } from './counters.ts';
import { captureGap, no, unknown, yes, type Look } from './fact.ts';
import { ofFirstReset } from './reset-form.ts';
import { isNodesOwn } from './reset-way.ts';

/** The sender's kernel counted at least as many RSTs of its own as were seen leaving it: this one is among them. */
export const senderCountedResets: Look = (story) => {
  const counted = ownResets(story);
  const side = story.resets[0] === undefined || story.goesToClient(story.resets[0]) ? 'server' : 'client';
  // A kernel that tells of the RST has counted it: on a busy machine the counters were read at another time than they say.
  const isTold = counted.seen === 'no' && story.kernel.sent.some((own) => own.side === side);
  return isTold ? unknown(null) : counted;
};
const ownResets = senderCounted(/^TcpOutRsts$/, 'all');

/** The sender's kernel gave a connection up. */
export const senderGaveUp = senderCounted(/^TcpExtTCPAbortOnTimeout$/, 'some');

/** The node that the first RST was made on sent RSTs by its own kernel. */
export const nodeCountedResets: Look = ofFirstReset((first, story) => {
  const name = /^TcpOutRsts$/;
  if (!story.nodes.ran('snmp', first.node)) return unknown('snmp');
  const moved = around(first, story).filter(({ scope, node }) => scope === node && node === first.node);
  const risen = moved.filter((event) => rose(event, name));
  if (risen.length === 0 && !(story.nodes.lastRoundSince('snmp', first.node) >= parseMicros(first.at)))
    return unknown('snmp');
  return risen.length === 0 ? no() : yes(...risen.slice(0, 2).map((event) => counterLine(event, name)));
});

/** @param wanted `all`: at least one for each RST that was seen leaving the sender. */
export function senderCounted(name: RegExp, wanted: 'all' | 'some'): Look {
  return (story) => {
    const gap = captureGap(story);
    if (gap !== null) return unknown(gap);
    const [first] = story.resets;
    if (first === undefined) return unknown('captured-reset');
    if (!story.resetOrderIsClear) return unknown('order-of-resets');
    const sender = senderOf(first, story);
    if (sender === null) return unknown('snmp');
    const moved = around(first, story).filter(({ scope }) => scope === sender.scope);
    const risen = moved.filter((event) => rose(event, name));
    if (risen.length === 0) {
      const { missed } = story.nodes;
      // A witness that is said to begin later, as of what is held no longer, counted nothing that is there to be seen.
      if (missed('snmp', first.node, parseMicros(first.at), parseMicros(first.at)))
        return unknown('its-hours');
      return sender.lookedInto && readOnAfterwards(first, story) ? no() : unknown('snmp');
    }
    const evidence = risen.slice(0, 2).map((event) => counterLine(event, name));
    if (wanted === 'some') return yes(...evidence);
    // One that was seen while the counter stood still was not among those that it counted.
    const at = parseMicros(first.at);
    const [from, to] = spanOf(risen);
    const hull = [Math.min(from, at - story.slack), Math.max(to, at + story.slack)] as const;
    const seen = story.nodes.resets.seenFrom(sender.place, ...hull);
    return sumOf(risen, name) >= Math.max(1, seen) ? yes(...evidence) : unknown(null);
  };
}

/** The namespace that the RST's sender is in, as the counters name it, and as RSTs are counted; null when that is not known. */
export function senderOf(
  first: PacketEvent,
  story: Story,
): { readonly scope: string; readonly place: string; readonly lookedInto: boolean } | null {
  const sender = story.goesToClient(first) ? story.server : story.lost.client;
  if (sender === null) return null;
  const { address } = sender;
  if (isNodesOwn(first, story))
    return { scope: first.node, place: first.node, lookedInto: story.nodes.ran('snmp', first.node) };
  const lookedInto = story.goesToClient(first)
    ? story.lookedIntoServer('snmp')
    : story.lookedIntoPodsOf('snmp', first.node);
  // A namespace whose counters were never heard of may not have been read.
  return { scope: address, place: address, lookedInto: lookedInto && story.nodes.counted(address) };
}

/** Whether the same namespace was still read later: that a counter did not move can be said of no other. */
function readOnAfterwards(first: PacketEvent, story: Story): boolean {
  const { endpointChanges, listenerChanges, nodes } = story;
  // A node's own namespace outlives whoever listens in it.
  const isSame =
    isNodesOwn(first, story) ||
    (endpointChanges.length === 0 && listenerChanges.every(({ change }) => change !== 'closed'));
  return isSame && nodes.lastRoundSince('snmp', first.node) >= parseMicros(first.at);
}

/** Counters of the protocol that moved in a span which has the RST in it. */
function around(first: PacketEvent, { counters, slack }: Story): CountersEvent[] {
  const at = parseMicros(first.at);
  return counters.filter(
    (event) =>
      event.source === 'snmp' &&
      parseMicros(event.since) <= at + slack &&
      parseMicros(event.at) >= at - slack,
  );
}

function spanOf(events: readonly CountersEvent[]): [from: Micros, to: Micros] {
  return [
    Math.min(...events.map(({ since }) => parseMicros(since))),
    Math.max(...events.map(({ at }) => parseMicros(at))),
  ];
}

const sumOf = (events: readonly CountersEvent[], name: RegExp): number =>
  events
    .flatMap(({ changes }) => Object.entries(changes))
    .reduce((sum, [counter, change]) => (name.test(counter) ? sum + change : sum), 0);
