// What was found of a server's other connections a moment ago: of a burst too large to be explained one by one, the rest goes with those.
import type { Micros } from '../../model/clock.ts';
import { formatEndpoint, type Endpoint } from '../../model/endpoint.ts';
import type { Finding } from '../../model/run-record.ts';

export interface LossCompany {
  /** One of this server's was explained. */
  add(server: Endpoint, at: Micros, finding: Finding, author: string): void;
  /** What all that were explained around that moment have in common; undefined where they differ, or are few. */
  of(server: Endpoint, at: Micros): { readonly finding: Finding; readonly count: number } | undefined;
}

/** As long as a trigger's losses may be apart. */
const window: Micros = 2_000_000;
/** Fewer say nothing of the rest. */
const enough = 5;
const mostServers = 10_000;

interface Company {
  readonly finding: Finding;
  readonly author: string;
  from: Micros;
  to: Micros;
  count: number;
  differ: boolean;
}

export function createLossCompany(): LossCompany {
  const known = new Map<string, Company>();
  return {
    add(server, at, finding, author) {
      const key = formatEndpoint(server);
      const one = known.get(key);
      if (one === undefined || at > one.to + window) {
        known.delete(key);
        known.set(key, { finding, author, from: at, to: at, count: 1, differ: false });
        for (const [oldest] of known) {
          if (known.size <= mostServers) return;
          known.delete(oldest);
        }
        return;
      }
      one.from = Math.min(one.from, at);
      one.to = Math.max(one.to, at);
      one.count += 1;
      one.differ ||= one.finding.cause !== finding.cause || one.author !== author;
    },
    of(server, at) {
      const one = known.get(formatEndpoint(server));
      if (one === undefined || one.differ || one.count < enough || one.finding.cause === 'unknown')
        return undefined;
      if (at < one.from - window || at > one.to + window) return undefined;
      return { finding: one.finding, count: one.count };
    },
  };
}
