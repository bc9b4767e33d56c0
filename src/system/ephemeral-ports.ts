// How many local ports the kernel gives out to connections that ask for none in particular.
import { readFileSync } from 'node:fs';

/** For each local address; null where it cannot be read (no Linux). */
export function ephemeralPorts(): number | null {
  try {
    return parsePortRange(readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8'));
  } catch {
    return null;
  }
}

/** Reads `32768\t60999`; null when it is something else. */
export function parsePortRange(text: string): number | null {
  const match = /^\s*([0-9]+)\s+([0-9]+)\s*$/.exec(text);
  if (match === null) return null;
  return Math.max(0, Number(match[2]) - Number(match[1]) + 1);
}
