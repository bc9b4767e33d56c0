// What a client is called on each leg of its way, by what translated it.
import { formatEndpoint, type Endpoint } from '../../model/endpoint.ts';
import type { Entry } from './entry-index.ts';
import type { LostConnection } from './lost-connection.ts';
import type { NodeTimeline } from './node-timeline.ts';

/** The client as it leaves a first crossing: mostly as it came, but another flow of its own port to the server makes the entry take another. */
export function afterFirst(client: Endpoint, firsts: readonly Entry[]): Endpoint[] {
  const left = firsts.map(({ reply }) => ({ address: reply.dst, port: reply.dport }));
  const distinct = new Map(left.map((endpoint) => [formatEndpoint(endpoint), endpoint]));
  return distinct.size === 0 ? [client] : [...distinct.values()];
}

/** The client as each leg knows it: with its own port, and with the ports that entries gave it or its packets show. */
export function legEndpoints(
  lost: LostConnection,
  client: Endpoint,
  firsts: readonly Entry[],
  second: readonly Entry[],
  nodes: NodeTimeline,
): string[] {
  const rewritten = [...firsts, ...second].map(({ reply }) => ({ address: reply.dst, port: reply.dport }));
  const own = formatEndpoint(client);
  return [...new Set([own, ...lost.legs, ...rewritten.map(formatEndpoint), ...nodes.aliasesOf(own)])];
}
