// What kube-proxy's map of Services without endpoints held, in mode nftables: none of its rules counts, but readings told when each
// address and port came into the map and when it went.
import { parseMicros } from '../../model/clock.ts';
import type { CountersEvent } from '../../model/node-event.ts';
import type { NodeTimeline } from '../connections/node-timeline.ts';
import { remember } from '../connections/remember.ts';
import type { Story } from '../connections/story.ts';

/**
 * What tells that the address and port that was dialled was there, on a node of its way: it came or went between two readings, about
 * the time of the attempt, or it had come before and not gone.
 */
export function endpointElements({ nodes, lost, carriers, slack }: Story): readonly CountersEvent[] {
  const { target, bornAt, lastGoodAt, failedAt } = lost;
  const readings = readingsOf(nodes).get(`${target.address} ${target.port}`) ?? [];
  const own = readings.filter(({ event }) => carriers.size === 0 || carriers.has(event.node));
  const [from, to] = [Math.max(bornAt, lastGoodAt), failedAt + slack];
  const meanwhile = own.filter(({ since, at }) => since <= to && at >= from);
  if (meanwhile.length > 0) return meanwhile.map(({ event }) => event);
  const before = own.findLast(({ at }) => at < from);
  return before?.isThere === true ? [before.event] : [];
}

interface Reading {
  readonly event: CountersEvent;
  readonly isThere: boolean;
  readonly since: number;
  readonly at: number;
}

/** Thousands of connections are of one timeline. */
const known = new WeakMap<NodeTimeline, ReadonlyMap<string, readonly Reading[]>>();

function readingsOf(nodes: NodeTimeline): ReadonlyMap<string, readonly Reading[]> {
  const found = known.get(nodes);
  if (found !== undefined) return found;
  const made = new Map<string, Reading[]>();
  for (const event of nodes.counters.within(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY)) {
    if (event.source !== 'rule-counters') continue;
    const [since, at] = [parseMicros(event.since), parseMicros(event.at)];
    for (const [name, value] of Object.entries(event.values)) {
      const [, address, port] = element.exec(name) ?? [];
      if (address !== undefined)
        remember(made, `${address} ${port}`, { event, isThere: value > 0, since, at });
    }
  }
  known.set(nodes, made);
  return made;
}

/** `FAMILY TABLE MAP KEY` */
const element = /^\S+ kube-proxy no-endpoint-services (\S+) \. tcp \. ([0-9]+)$/;
