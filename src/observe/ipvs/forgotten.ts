// What IPVS has forgotten from one reading of its table to the next, and how that is told.
import { formatMicros, type Micros } from '../../model/clock.ts';
import { formatEndpoint } from '../../model/endpoint.ts';
import type { IpvsEntryEvent, LineEvent } from '../../model/node-event.ts';
import { parseIpvsConnections, type IpvsConnection } from './connection-table.ts';

/** By client and Service. */
export type IpvsTable = ReadonlyMap<string, IpvsConnection>;

/** The TCP connections of /proc/net/ip_vs_conn. */
export const tableOf = (text: string): IpvsTable =>
  new Map(parseIpvsConnections(text).map((one) => [keyOf(one), one]));

const keyOf = ({ client, clientPort, service, servicePort }: IpvsConnection): string =>
  `${client} ${clientPort} ${service} ${servicePort}`;

/** Those that were established and are not there any more; whoever ended is in other states before. */
export function forgottenBetween(before: IpvsTable, now: IpvsTable): IpvsConnection[] {
  return [...before]
    .filter(([key, { state }]) => state === 'ESTABLISHED' && !now.has(key))
    .map(([, one]) => one);
}

/** One that went between two readings, with the line that tells it. */
export function ipvsEvent(
  one: IpvsConnection,
  since: Micros,
  at: Micros,
): { readonly said: LineEvent<IpvsEntryEvent>; readonly text: string } {
  const { client, clientPort, service, servicePort, endpoint, endpointPort, state, secondsLeft } = one;
  const way = [
    formatEndpoint({ address: client, port: clientPort }),
    formatEndpoint({ address: service, port: servicePort }),
    formatEndpoint({ address: endpoint, port: endpointPort }),
  ].join(' → ');
  return {
    said: {
      ...{ event: 'ipvs-entry', at: formatMicros(at), since: formatMicros(since), state, secondsLeft },
      tuple: { src: client, sport: clientPort, dst: service, dport: servicePort },
      endpoint: { address: endpoint, port: endpointPort },
    },
    text: `${formatMicros(at)} gone: TCP ${way} ${state}, which had ${secondsLeft} s left at ${formatMicros(since)}`,
  };
}
