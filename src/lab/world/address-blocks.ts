// The same world at other addresses, so that labs that run at once share none: the kernel's tracepoints tell whose a packet is by its
// addresses alone, not by its network namespace.
import { mapStrings } from './map-strings.ts';

/** Block 0 is as the topologies have it: nodes in 10.128.0.0/16, pods in 10.44.0.0/14, Services in 10.48.0.0/20. */
export const addressBlocks = [0, 1, 2, 3] as const;
export type AddressBlock = (typeof addressBlocks)[number];

/** Plain data with all its IPv4 addresses of block 0, in sentences and rules too, moved to the given block. */
export function inAddressBlock<T>(value: T, block: AddressBlock): T {
  return block === 0 ? value : mapStrings(value, (text) => addressesInBlock(text, block));
}

/** In block 2, `10.44.1.21` is `10.84.1.21`, `10.48.14.50` is `10.88.14.50`, and `10.128.0.11` is `10.130.0.11`. */
export function addressesInBlock(text: string, block: AddressBlock): string {
  // Four numbers and no more, so that neither versions nor ports are taken for addresses.
  const address = /(?<![0-9.])10\.([0-9]+)(?=\.[0-9]+\.[0-9]+(?!\.?[0-9]))/g;
  return text.replace(address, (_, octet: string) => `10.${moved(Number(octet), block)}`);
}

function moved(octet: number, block: AddressBlock): number {
  if (octet >= 44 && octet <= 48) return octet + 20 * block;
  return octet === 128 ? octet + block : octet;
}
