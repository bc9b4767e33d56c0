// The packet counters of those firewall rules that end flows: what refuses, drops or counts packets.
import type { Counters } from './counter-changes.ts';

/** In these tables alone can iptables refuse or drop; the nat table, by far the longest on a Kubernetes node, cannot. */
export const iptablesTables = ['filter', 'mangle', 'raw'] as const;

const ending = /\b(?:REJECT|DROP)\b|INVALID/;

/**
 * Parses `iptables-save -c`: `TABLE CHAIN RULE` → packets, for rules that reject or drop, or match the state INVALID, and for
 * policies that drop. Equal rules of a chain are counted together. `tables`: all tables that were printed.
 */
export function parseIptablesSave(text: string): { counters: Counters; tables: ReadonlySet<string> } {
  const counters: Record<string, number> = {};
  const tables = new Set<string>();
  let table = '';
  for (const line of text.split('\n')) {
    if (line.startsWith('*')) {
      table = line.slice(1);
      tables.add(table);
      continue;
    }
    if (!ending.test(line)) continue;
    const rule = /^\[([0-9]+):[0-9]+\] -A (\S+) (.*)$/.exec(line);
    const policy = /^:(\S+) (DROP) \[([0-9]+):[0-9]+\]$/.exec(line);
    if (rule !== null) count(counters, `${table} ${rule[2] ?? ''} ${rule[3] ?? ''}`, Number(rule[1]));
    else if (policy !== null)
      count(counters, `${table} ${policy[1] ?? ''} policy ${policy[2] ?? ''}`, Number(policy[3]));
  }
  return { counters, tables };
}

/**
 * Parses `nft list table …`: `FAMILY TABLE CHAIN RULE` → packets, for rules that have a counter, whatever they do; the counter's
 * numbers are taken out of the rule's text. Rules without a counter cannot be followed.
 */
export function parseNftTable(text: string): Counters {
  const counters: Record<string, number> = {};
  let table = '';
  let chain = '';
  for (const line of text.split('\n')) {
    const opened = /^\s*(table|chain|counter) (.+) \{$/.exec(line);
    if (opened?.[1] === 'table') table = opened[2] ?? '';
    else if (opened !== null) chain = opened[2] ?? '';
    const counted = /^\s+(.*?)\s*packets ([0-9]+) bytes [0-9]+\s*(.*)$/.exec(line);
    if (counted === null || chain === '') continue;
    const rule = `${counted[1] ?? ''} ${counted[3] ?? ''}`.trim();
    count(counters, `${table} ${chain} ${rule}`.trim(), Number(counted[2]));
  }
  return counters;
}

/** The tables that `nft list tables` names: `ip filter`, `inet kube-proxy`. */
export function parseNftTables(text: string): string[] {
  return [...text.matchAll(/^table (\S+ \S+)$/gm)].map(([, name = '']) => name);
}

function count(counters: Record<string, number>, name: string, packets: number): void {
  counters[name] = (counters[name] ?? 0) + packets;
}
