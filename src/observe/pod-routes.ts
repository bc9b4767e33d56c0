// Which pods are another node's, where nodes share one machine and see each other's processes: the node sends them to a neighbour.
import { readFileSync } from 'node:fs';
import { parseLocalAddresses } from './local-addresses.ts';

interface Route {
  readonly destination: number;
  readonly mask: number;
  /** As it is written with dots; null for what is reached directly. */
  readonly gateway: string | null;
}

/**
 * Whether the node of `ownProc` reaches the IPv4 address through another machine, by a route for just such addresses. A route to a
 * gateway that is the node itself, as Cilium makes them, and the default route say nothing; nor is anything known of IPv6.
 */
export function isOfOtherNode(address: string, ownProc: string): boolean {
  const bits = bitsOf(address);
  if (bits === undefined) return false;
  try {
    const best = parseRoutes(readFileSync(`${ownProc}/net/route`, 'utf8'))
      .filter(({ destination, mask }) => mask !== 0 && (bits & mask) >>> 0 === destination)
      .sort((a, b) => b.mask - a.mask)[0];
    if (best === undefined || best.gateway === null) return false;
    return !parseLocalAddresses(readFileSync(`${ownProc}/net/fib_trie`, 'utf8')).includes(best.gateway);
  } catch {
    return false;
  }
}

/** Parses /proc/net/route, which has numbers as the machine (a little-endian one) holds them. */
function parseRoutes(text: string): Route[] {
  return text
    .split('\n')
    .slice(1)
    .flatMap((line) => {
      const [, destination, gateway, , , , , mask] = line.trim().split(/\s+/);
      if (destination === undefined || gateway === undefined || mask === undefined) return [];
      const via = fromHex(gateway);
      return [
        { destination: fromHex(destination), mask: fromHex(mask), gateway: via === 0 ? null : withDots(via) },
      ];
    });
}

const fromHex = (text: string) =>
  text.match(/../g)?.reduceRight((sum, byte) => sum * 256 + Number.parseInt(byte, 16), 0) ?? 0;
const withDots = (bits: number) => [24, 16, 8, 0].map((shift) => (bits >>> shift) & 255).join('.');

function bitsOf(address: string): number | undefined {
  const parts = address.split('.').map(Number);
  if (parts.length !== 4 || parts.some((part) => !Number.isInteger(part))) return undefined;
  return parts.reduce((sum, part) => sum * 256 + part, 0);
}
