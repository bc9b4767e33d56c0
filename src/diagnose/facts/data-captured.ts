// Whether a node's capture takes packets with data. One that takes openings and ends alone says nothing of what came between.
import type { PacketEvent } from '../../model/node-event.ts';
import type { NodeTimeline } from '../connections/node-timeline.ts';

/** Thousands of connections are of one timeline. */
const known = new WeakMap<NodeTimeline, ReadonlySet<string>>();

/** Where none of anybody's data was captured there may have been none, or the capture does not take it: nobody can tell. */
export function takesData(nodes: NodeTimeline, node: string): boolean {
  const those = known.get(nodes) ?? new Set(nodes.packets.filter(isPlainData).map((packet) => packet.node));
  known.set(nodes, those);
  return those.has(node);
}

/** A goodbye may carry data, and is taken as an end. */
const isPlainData = ({ payloadLength, flags }: PacketEvent): boolean =>
  payloadLength > 0 && !/[SFR]/.test(flags);
