// Losses as a watch tells them, for tests of what is made of them.
import type { WatchEnd, WatchLoss } from '../src/model/watch-record.ts';

export const client: WatchEnd = {
  ...{ address: '10.44.0.33', port: 45_756, pod: 'shop/checkout-7d9f', service: null, process: null },
};
export const server: WatchEnd = {
  ...{ address: '10.0.0.9', port: 6_379, pod: null, service: 'shop/redis', process: null },
};

/** One that says otherwise what is given. */
export function lossOf(other: Partial<WatchLoss>): WatchLoss {
  return {
    ...{ schemaVersion: 1, kind: 'lost', id: 'node-1/1', revision: 1, at: '2026-11-28T12:03:41.204117Z' },
    ...{ node: 'node-1', ends: { client, server, backend: null }, ended: 'reset' },
    ...{ ageMs: 252_000, idleMs: 300, unanswered: 1 },
    author: { id: 'server-kernel', certainty: 'proven', text: 'no socket for port 45756' },
    cause: {
      ...{ id: 'route-table-conflict', certainty: 'likely', text: 'rule 30003 was deleted 12 ms before' },
    },
    ...{ exclusions: [], rivals: [], episode: 'e1' },
    ...other,
  };
}
