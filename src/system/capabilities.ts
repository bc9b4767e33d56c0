// Which of the kernel's capabilities this process has.
import { readFileSync } from 'node:fs';

/** Bits of capabilities(7) in /proc/self/status. */
const bits = {
  CAP_DAC_OVERRIDE: 1,
  CAP_DAC_READ_SEARCH: 2,
  CAP_SETGID: 6,
  CAP_NET_ADMIN: 12,
  CAP_NET_RAW: 13,
  CAP_SYS_PTRACE: 19,
  CAP_SYS_ADMIN: 21,
} as const;
export type Capability = keyof typeof bits;

/** Those of `wanted` that are not effective here; all of them where /proc does not tell. */
export function missingCapabilities(wanted: readonly Capability[], status = readStatus()): Capability[] {
  const effective = BigInt(`0x${/^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? '0'}`);
  return wanted.filter((name) => ((effective >> BigInt(bits[name])) & 1n) === 0n);
}

function readStatus(): string {
  try {
    return readFileSync('/proc/self/status', 'utf8');
  } catch {
    return '';
  }
}
