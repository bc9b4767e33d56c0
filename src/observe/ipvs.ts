// Connections that IPVS forgot while they were established: kube-proxy's IPVS mode, Docker Swarm and keepalived have the kernel keep them.
import { readFileSync } from 'node:fs';
import { formatMicros } from '../model/clock.ts';
import { formatEndpoint } from '../model/endpoint.ts';
import { parseIpvsConnections, type IpvsConnection } from './ipvs/connection-table.ts';
import { readAtIntervals } from './sampled-witness.ts';
import type { Witness } from './witness.ts';

/** The kernel counts in seconds, and walks through all of its table to print it. */
const leastPeriodMs = 500;
/** Of the time; it bounds what a node with a hundred thousand connections costs. */
const share = 0.01;

/** Reads the table of the node's own namespace at intervals. A kernel without IPVS has none, and nothing is told then. */
export const ipvs: Witness = {
  name: 'ipvs',
  extension: 'log',
  share: 2,
  start(context) {
    const { clock, proc, pace } = context;
    const raw = context.openRaw();
    const read = () => readTable(`${proc}/net/ip_vs_conn`);
    let before = read();
    let readAt = clock.now();
    let told = 0;
    const tell = (one: IpvsConnection, at: number) => {
      const client = formatEndpoint({ address: one.client, port: one.clientPort });
      const service = formatEndpoint({ address: one.service, port: one.servicePort });
      const endpoint = formatEndpoint({ address: one.endpoint, port: one.endpointPort });
      const text = `${formatMicros(at)} gone: TCP ${client} → ${service} → ${endpoint} ${one.state}, which had ${one.secondsLeft} s left at ${formatMicros(readAt)}`;
      raw.write(`${text}\n`);
      const tuple = { src: one.client, sport: one.clientPort, dst: one.service, dport: one.servicePort };
      const handedTo = { address: one.endpoint, port: one.endpointPort };
      const { state, secondsLeft } = one;
      const since = formatMicros(readAt);
      context.emit(
        { event: 'ipvs-entry', at: formatMicros(at), since, tuple, endpoint: handedTo, state, secondsLeft },
        text,
      );
      told += 1;
    };
    return readAtIntervals(context, {
      scope:
        before === null
          ? 'this kernel has no IPVS now; looked for now and then'
          : `its connections, ${before.size} now, read every ${Math.max(pace.periodMs, leastPeriodMs)} ms at most`,
      periodMs: Math.max(pace.periodMs, leastPeriodMs),
      share: Math.min(share, pace.share),
      shareWhenAsked: pace.share,
      sample() {
        const now = read();
        const at = clock.now();
        for (const [key, one] of before ?? [])
          if (one.state === 'ESTABLISHED' && now?.has(key) !== true) tell(one, at);
        [before, readAt] = [now, at];
      },
      end: () => `${told} connections were forgotten while they were established`,
    });
  },
};

/** By client and Service; null where the kernel has no IPVS. Throws what else the system refuses. */
function readTable(path: string): Map<string, IpvsConnection> | null {
  try {
    const all = parseIpvsConnections(readFileSync(path, 'latin1'));
    return new Map(all.map((one) => [keyOf(one), one]));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

const keyOf = ({ client, clientPort, service, servicePort }: IpvsConnection): string =>
  `${client} ${clientPort} ${service} ${servicePort}`;
