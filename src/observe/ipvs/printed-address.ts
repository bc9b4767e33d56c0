// Addresses as the kernel prints them into IPVS's tables: hexadecimal, in the order of the network.
import { formatIpv4, formatIpv6 } from '../../packets/ip-address.ts';

/** `0A2C0021` is 10.44.0.33; of IPv6 all eight groups, with or without brackets. Undefined for anything else. */
export function parseAddress(printed: string): string | undefined {
  const digits = printed.replaceAll(/[[\]:]/g, '');
  if (!/^(?:[0-9A-Fa-f]{8}|[0-9A-Fa-f]{32})$/.test(digits)) return undefined;
  const bytes = Buffer.from(digits, 'hex');
  return bytes.length === 4 ? formatIpv4(bytes, 0) : formatIpv6(bytes, 0);
}
