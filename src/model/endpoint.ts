// One end of a TCP connection, written `ADDRESS:PORT` as ss, conntrack and Go's log lines write it.

export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

/** `10.48.14.50:8080`, and `[fd00::1]:8080` for IPv6, as Go's net.JoinHostPort does. */
export function formatEndpoint(endpoint: Endpoint): string {
  const { address, port } = endpoint;
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

/** The reverse of formatEndpoint; undefined when the text is not an endpoint. */
export function parseEndpoint(text: string): Endpoint | undefined {
  const match = /^(?:\[([^\]]+)\]|([^:\s]+)):([0-9]{1,5})$/.exec(text);
  if (match === null) return undefined;
  const port = Number(match[3]);
  if (port > 65_535) return undefined;
  return { address: match[1] ?? match[2] ?? '', port };
}

/**
 * The one way to write an address that several witnesses tell of: a socket of both families calls an IPv4 peer `::ffff:10.0.0.1`,
 * which on the wire and for conntrack is `10.0.0.1`.
 */
export function plainAddress(address: string): string {
  const mapped = /^::ffff:([0-9]+(?:\.[0-9]+){3})$/i.exec(address);
  return mapped?.[1] ?? address.toLowerCase();
}
