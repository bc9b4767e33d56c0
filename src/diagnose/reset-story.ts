// Everything that the evidence says about one reset: the connection, the entries that carried it, what changed under it.
import type { Micros } from '../model/clock.ts';
import { parseMicros } from '../model/clock.ts';
import { parseEndpoint } from '../model/endpoint.ts';
import type { Endpoint } from '../model/endpoint.ts';
import type { ConntrackEvent, NodeEvent, RuleChange } from '../model/node-event.ts';
import type { ClientEvent, FailedEvent, ProbeEvent, ServerEvent } from '../model/probe-event.ts';
import { indexEntries } from './entries.ts';
import type { Entry, EntryIndex } from './entries.ts';

export type AcceptedEvent = Extract<ServerEvent, { event: 'accepted' }>;
export type ConnectedEvent = Extract<ClientEvent, { event: 'connected' }>;

export interface ResetStory {
  readonly failed: FailedEvent;
  readonly connected: ConnectedEvent | null;
  readonly client: Endpoint;
  readonly target: Endpoint;
  readonly lastGoodAt: Micros;
  readonly failedAt: Micros;
  /** The entry of the client's own packets, client → target; null when no node reported one. */
  readonly first: Entry | null;
  /** Entries that the same packets made after translation, client → server's pod: the second crossing of the node. */
  readonly second: readonly Entry[];
  /** Whom the server accepted when this connection was made, with the port that the server saw. */
  readonly accepted: AcceptedEvent | null;
  /** Rules added or deleted since the last good answer, on the nodes that carried the connection. */
  readonly ruleChanges: readonly RuleChange[];
  /** Every change of those same rules over the whole run, to tell a fight from a single change. */
  readonly ruleHistory: readonly RuleChange[];
}

export interface Evidence {
  readonly probes: readonly ProbeEvent[];
  readonly nodes: readonly NodeEvent[];
}

// `ip monitor` and `conntrack -E` stamp when they print, and the client when it runs: an order is only claimed beyond this.
// Measured on idle machines: 0.2 ms for the tools; the rest is room for a busy one.
const orderSlackMs = 10;

/** One story for each reset among the probe events, in order of time. */
export function tellResets(evidence: Evidence): ResetStory[] {
  const rules = byTime(evidence.nodes.filter((event) => event.event === 'rule-changed'));
  const entries = indexEntries(
    byTime(evidence.nodes.filter((event): event is ConntrackEvent => event.event === 'conntrack')),
  );
  const accepted = groupBy(
    evidence.probes.filter((event) => event.event === 'accepted'),
    (event) => event.peer,
  );
  const connected = new Map(
    evidence.probes
      .filter((event) => event.event === 'connected')
      .map((event) => [connectionKey(event), event]),
  );
  const resets = evidence.probes.filter((event) => event.event === 'failed' && event.failure === 'reset');
  return byTime(resets as FailedEvent[]).flatMap((failed) => {
    const story = tell(failed, connected.get(connectionKey(failed)) ?? null, entries, accepted, rules);
    return story === undefined ? [] : [story];
  });
}

function tell(
  failed: FailedEvent,
  connected: ConnectedEvent | null,
  entries: EntryIndex,
  accepted: ReadonlyMap<string, readonly AcceptedEvent[]>,
  rules: readonly RuleChange[],
): ResetStory | undefined {
  const client = failed.local === null ? undefined : parseEndpoint(failed.local);
  const target = parseEndpoint(failed.remote);
  if (client === undefined || target === undefined) return undefined;
  const failedAt = parseMicros(failed.at);
  const lastGoodAt = parseMicros(failed.lastGoodAt ?? connected?.at ?? failed.at);
  const bornAt = failedAt - failed.livedMs * 1_000;
  const slack = (orderSlackMs + failed.loopDelayMs) * 1_000;
  const alive = (entry: Entry) => entry.madeAt <= failedAt + slack && entry.destroyedAt >= bornAt - slack;

  const first =
    entries.find(client.address, client.port, target.address, target.port).findLast(alive) ?? null;
  const server = first?.reply;
  const second =
    server === undefined || server.src === target.address
      ? []
      : entries.find(client.address, client.port, server.src, server.sport).filter(alive);
  const carriers = new Set([...(first === null ? [] : [first]), ...second].map((entry) => entry.node));
  const here = rules.filter((rule) => carriers.has(rule.node));
  const ruleChanges = here.filter((rule) => {
    const at = parseMicros(rule.at);
    return at >= lastGoodAt - slack && at <= failedAt + slack;
  });
  const identities = new Set(ruleChanges.map(ruleIdentity));
  return {
    failed,
    connected,
    client,
    target,
    lastGoodAt,
    failedAt,
    first,
    second,
    accepted: findAccepted(client, second, accepted, bornAt, slack, failedAt),
    ruleChanges,
    ruleHistory: here.filter((rule) => identities.has(ruleIdentity(rule))),
  };
}

/** The accept that belongs to this connection: from the client's own port, or from a port that an entry translated it to. */
function findAccepted(
  client: Endpoint,
  second: readonly Entry[],
  accepted: ReadonlyMap<string, readonly AcceptedEvent[]>,
  bornAt: Micros,
  slack: Micros,
  failedAt: Micros,
): AcceptedEvent | null {
  const ports = [...second.map((entry) => entry.reply.dport), client.port];
  const candidates = ports.flatMap((port) => accepted.get(`${client.address}:${port}`) ?? []);
  const timely = candidates.filter((event) => {
    const at = parseMicros(event.at);
    // A connection's own accept comes within its first moments; the port may have served another one before.
    return at >= bornAt - slack - 1e6 && at <= Math.min(failedAt, bornAt + 1e6) + slack;
  });
  return timely.sort((a, b) => distance(a, bornAt) - distance(b, bornAt))[0] ?? null;
}

const distance = (event: AcceptedEvent, at: Micros) => Math.abs(parseMicros(event.at) - at);

/** What makes two changes speak of the same rule. */
export function ruleIdentity(rule: RuleChange): string {
  return `${rule.node} ${rule.preference} ${rule.selector} ${rule.table ?? ''}`;
}

function connectionKey(event: ClientEvent): string {
  return `${event.class} ${event.connection}`;
}

function byTime<T extends { readonly at: string }>(events: readonly T[]): T[] {
  return events.toSorted((a, b) => parseMicros(a.at) - parseMicros(b.at));
}

function groupBy<T>(items: readonly T[], key: (item: T) => string): Map<string, T[]> {
  return Map.groupBy(items, key);
}
