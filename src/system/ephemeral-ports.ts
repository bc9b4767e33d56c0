// The local ports that the kernel gives out to connections that ask for none in particular.
import { readFileSync } from 'node:fs';

export interface EphemeralPorts {
  /** Both included. */
  readonly first: number;
  readonly last: number;
}

/** For each local address; null where it cannot be read (no Linux). */
export function ephemeralPorts(): EphemeralPorts | null {
  try {
    return parsePortRange(readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8'));
  } catch {
    return null;
  }
}

/** Reads `32768\t60999`; null when it is something else. */
export function parsePortRange(text: string): EphemeralPorts | null {
  const match = /^\s*([0-9]{1,5})\s+([0-9]{1,5})\s*$/.exec(text);
  if (match === null) return null;
  return { first: Number(match[1]), last: Number(match[2]) };
}
