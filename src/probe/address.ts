// Socket addresses as the original prints them: an IPv4 peer of a dual-stack socket is printed as IPv4.
import { formatEndpoint } from '../model/endpoint.ts';

/** `10.44.0.33:33326`; undefined when the kernel has forgotten the address, as it does once a connection was reset. */
export function printedAddress(address: string | undefined, port: number | undefined): string | undefined {
  if (address === undefined || port === undefined) return undefined;
  const mapped = /^::ffff:([0-9.]+)$/i.exec(address);
  return formatEndpoint({ address: mapped?.[1] ?? address, port });
}
