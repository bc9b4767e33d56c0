// IPVS's table of connections, as /proc/net/ip_vs_conn prints it.
import { parseAddress } from './printed-address.ts';

export interface IpvsConnection {
  /** Client → Service, and the endpoint that the Service's packets are handed to. */
  readonly client: string;
  readonly clientPort: number;
  readonly service: string;
  readonly servicePort: number;
  readonly endpoint: string;
  readonly endpointPort: number;
  /** `ESTABLISHED`, `FIN_WAIT`, … */
  readonly state: string;
  /** Whole seconds, rounded down, until it is forgotten, if nothing comes. */
  readonly secondsLeft: number;
}

/** The TCP connections. The first line is names; a line that is cut off, or of another form, is passed over. */
export function parseIpvsConnections(text: string): IpvsConnection[] {
  return text
    .split('\n')
    .slice(1)
    .flatMap((line) => {
      const [protocol, client, clientPort, service, servicePort, endpoint, endpointPort, state, left] = line
        .trim()
        .split(/\s+/);
      if (protocol !== 'TCP' || state === undefined || left === undefined || !/^[0-9]+$/.test(left))
        return [];
      const addresses = [client, service, endpoint].map((one) => parseAddress(one ?? ''));
      const ports = [clientPort, servicePort, endpointPort].map((one) => Number.parseInt(one ?? '', 16));
      const [from, to, handedTo] = addresses;
      const [fromPort, toPort, handedToPort] = ports;
      if (from === undefined || to === undefined || handedTo === undefined) return [];
      if (fromPort === undefined || toPort === undefined || handedToPort === undefined) return [];
      return [
        {
          ...{ client: from, clientPort: fromPort, service: to, servicePort: toPort },
          ...{ endpoint: handedTo, endpointPort: handedToPort, state, secondsLeft: Number(left) },
        },
      ];
    });
}
