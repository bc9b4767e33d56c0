// Many lost connections as `netdebug watch` tells them, made up; each is some milliseconds younger than the one before.
import { formatMicros } from '../../src/model/clock.ts';
import { mostRungs, type Ladder } from '../../src/model/ladder.ts';
import { watchLossSchema, type WatchLoss } from '../../src/model/watch-record.ts';
import { client, lossOf, server } from '../watch-losses.ts';

const begin = Date.UTC(2026, 10, 23, 12) * 1_000;

export function exampleLoss(number: number, cause: string): WatchLoss {
  const process = { pid: 4711, command: 'redis-server', container: 'redis' };
  const backend = { address: '10.44.0.10', port: 6_379, pod: 'shop/redis-0', service: null, process };
  return watchLossSchema.parse(
    lossOf({
      id: `loss-${number}`,
      at: formatMicros(begin + number * 2_000),
      ends: { client, server, backend },
      cause: { id: cause, certainty: 'likely', text: `${cause}: <b>so it is</b>` },
      exclusions: [{ author: 'nobody', because: 'a RST ended it', basis: 'capture' }],
      rivals: [{ cause: 'conntrack-expired', because: 'the table was not watched' }],
      ...drawing(formatMicros(begin + number * 2_000)),
    }),
  );
}

/** As many packets as a ladder takes, the last but one of which stopped on the node. */
function drawing(lostAt: string): Pick<WatchLoss, 'ladder' | 'lastMoments'> {
  const ends = { client: { address: client.address, port: client.port ?? 0 } };
  const target = { address: server.address, port: server.port ?? 0 };
  const toServer = ['node-1 cali-checkout in', 'node-1 eth0 out'];
  const at = (index: number) => formatMicros(Date.parse(lostAt) * 1_000 - (mostRungs - index) * 1_000);
  const rungs: Ladder['rungs'] = Array.from({ length: mostRungs }, (_, index) => ({
    ...{ at: at(index), from: 'client', flags: 'P.', seq: 17 * index, ack: 1, length: 17 },
    ...{ where: 'node-1 cali-checkout in', seen: toServer, mark: null },
  }));
  const [stopped, reset] = [rungs.at(-2)!, rungs.at(-1)!];
  rungs.splice(
    -2,
    2,
    { ...stopped, seen: toServer.slice(0, 1) },
    {
      ...{ ...reset, from: 'server', flags: 'R', ack: null, length: 0, mark: 'ending' },
      ...{ where: 'node-1 cali-checkout out', seen: ['node-1 cali-checkout out'] },
    },
  );
  const usual = { client: toServer, server: ['node-1 eth0 in', 'node-1 cali-checkout out'] };
  const [lastSeen = '', next = ''] = toServer;
  return {
    ladder: { ...ends, server: target, lostAt, earlier: 40, later: 0, rungs, usual },
    lastMoments: {
      ...{
        failure: 'reset',
        phase: 'awaiting',
        ...ends,
        target,
        lostAt,
        answer: 'reset',
        arrived: false,
        earlier: 0,
      },
      stopped: { from: 'client', at: stopped.at, flags: 'P.', lastSeen, next },
      told: [{ at: lostAt, side: 'client', node: 'node-1', text: 'received a RST', mark: null }],
    },
  };
}
