// What came and went on nodes, found by what it names: each lost connection asks for what concerns its own server, among the changes of
// a whole run.
import type { Micros } from '../../model/clock.ts';
import type { NodeEvent, RuleChange } from '../../model/node-event.ts';
import type { Entrance } from './packet-index.ts';
import { remember } from './remember.ts';
import { between, byStamp } from './time-range.ts';

export type LinkChange = Extract<NodeEvent, { event: 'link-changed' | 'route-changed' }>;
export type StateOfLink = Extract<LinkChange, { event: 'link-changed' }>;
export type ListenerEvent = Extract<NodeEvent, { event: 'listener' }>;

export interface LinkIndex {
  /** Routes to the address, and ends of the interface, from `from` to `to`, in order of time. */
  naming(address: string, at: Entrance | null, from: Micros, to: Micros): LinkChange[];
  /** Every change of the node's links, in order of time. */
  linksOf(node: string): readonly StateOfLink[];
}

/** @param changes In order of time, as all that follow. */
export function indexLinks(changes: readonly LinkChange[]): LinkIndex {
  const byAddress = new Map<string, LinkChange[]>();
  const byLink = new Map<string, LinkChange[]>();
  const byNode = new Map<string, StateOfLink[]>();
  for (const change of changes) {
    if (change.event === 'link-changed') remember(byNode, change.node, change);
    if (change.event === 'route-changed') {
      const to = destinationOf(change.route);
      if (to !== undefined) remember(byAddress, to, change);
    } else if (change.change === 'deleted' || change.state === 'DOWN') {
      remember(byLink, `${change.node} ${change.link}`, change);
    }
  }
  return {
    linksOf: (node) => byNode.get(node) ?? [],
    naming(address, at, from, to) {
      const routes = between(byAddress.get(address) ?? [], from, to);
      const ends = at === null ? [] : between(byLink.get(`${at.node} ${at.name}`) ?? [], from, to);
      return [...routes, ...ends].sort(byStamp);
    },
  };
}

/** `10.1.0.9` of `10.1.0.9 dev veth1 scope link`, of `local 10.1.0.9 …`, of `10.1.0.9/32 via 10.1.0.1`: who is on the way is another one. */
const destinationOf = (route: string): string | undefined =>
  /^(?:(?:unicast|local|broadcast|anycast|multicast|blackhole|unreachable|prohibit|throw) )?([^\s/]+)/.exec(
    route,
  )?.[1];

/** Listeners of one namespace and port. */
export function indexListeners(
  events: readonly ListenerEvent[],
): (scope: string, port: number) => readonly ListenerEvent[] {
  const byPort = new Map<string, ListenerEvent[]>();
  for (const event of events) remember(byPort, `${event.scope} ${event.port}`, event);
  return (scope, port) => byPort.get(`${scope} ${port}`) ?? [];
}

/** Every change of the rules that these changes are of, in order of time. */
export function indexRules(
  changes: readonly RuleChange[],
): (like: readonly RuleChange[]) => readonly RuleChange[] {
  const alike = new Map<string, RuleChange[]>();
  for (const change of changes) remember(alike, ruleIdentity(change), change);
  return (like) => {
    const [only = [], ...others] = [...new Set(like.map(ruleIdentity))].map(
      (identity) => alike.get(identity) ?? [],
    );
    // A rule that two programs fight for has a long history, which all that are lost by it share.
    if (others.length === 0) return only;
    return [only, ...others].flat().sort(byStamp);
  };
}

/** What makes two changes speak of the same rule. */
export function ruleIdentity(rule: RuleChange): string {
  return `${rule.node} ${rule.preference} ${rule.selector} ${rule.table ?? ''}`;
}
