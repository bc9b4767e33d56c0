// What the kernel and the tools printed in a lab world (kernel 6.18, iptables 1.8.9, nft 1.0.6), as recorded.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

export const recordedText = (name: string): string =>
  readFileSync(resolve(import.meta.dirname, '../recorded/observe', name), 'utf8');
