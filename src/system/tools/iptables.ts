// iptables' syntax: how a ruleset reaches a namespace, and the counters of those of its rules that end flows.
import type { Family } from '../../model/family.ts';
import type { ChainRule, IptablesTable } from '../../model/plan.ts';
import { runChecked } from '../process.ts';
import { inNetns } from './ip-netns.ts';
import { countPackets, printedRules } from './printed-rules.ts';

const builtinChains: Readonly<Record<IptablesTable['name'], readonly string[]>> = {
  raw: ['PREROUTING', 'OUTPUT'],
  mangle: ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'],
  nat: ['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING'],
  filter: ['INPUT', 'FORWARD', 'OUTPUT'],
};

/** The tables as iptables-restore reads them. Built-in chains accept by default, as on a GKE node. */
export function restoreText(tables: readonly IptablesTable[]): string {
  const lines: string[] = [];
  for (const table of tables) {
    lines.push(`*${table.name}`);
    const builtin = builtinChains[table.name];
    for (const chain of Object.keys(table.chains)) {
      lines.push(`:${chain} ${builtin.includes(chain) ? 'ACCEPT' : '-'} [0:0]`);
    }
    for (const [chain, rules] of Object.entries(table.chains)) {
      for (const rule of rules) lines.push(`-A ${chain} ${rule}`);
    }
    lines.push('COMMIT');
  }
  return `${lines.join('\n')}\n`;
}

/** The program of a family. */
export const restoreWords = (family: Family | undefined): string[] => [`${programOf(family)}-restore`];

const programOf = (family: Family | undefined) => (family === 'ipv6' ? 'ip6tables' : 'iptables');

export async function restoreTables(
  netns: string,
  tables: readonly IptablesTable[],
  family?: Family,
): Promise<void> {
  await runChecked(inNetns(netns, restoreWords(family)), { input: restoreText(tables) });
}

/** The command that puts a rule into a chain, or takes it out again. */
export function chainRuleWords(
  action: 'add' | 'delete',
  { table, chain, place, rule }: ChainRule,
  family?: Family,
): string[] {
  const how = action === 'delete' ? '-D' : place === 'first' ? '-I' : '-A';
  return [programOf(family), '-t', table, how, chain, ...rule.split(' ')];
}

export async function changeChainRule(
  netns: string,
  action: 'add' | 'delete',
  rule: ChainRule,
  family?: Family,
): Promise<void> {
  await runChecked(inNetns(netns, chainRuleWords(action, rule, family)));
}

/** In these tables alone can iptables refuse or drop; the nat table, by far the longest on a Kubernetes node, cannot. */
const iptablesTables = ['filter', 'mangle', 'raw'] as const;

const ending = /\b(?:REJECT|DROP)\b|INVALID/;

export interface IptablesCounters {
  /** `TABLE CHAIN RULE` → packets; equal rules of a chain are counted together. */
  readonly counters: Readonly<Record<string, number>>;
  /** All tables that were printed. */
  readonly tables: ReadonlySet<string>;
}

/** Reads the counters of a namespace's rules. Throws a `fault` when iptables-save cannot tell them. */
export async function listIptablesCounters(netns: string | null): Promise<IptablesCounters> {
  const texts: string[] = [];
  for (const table of iptablesTables)
    texts.push(await printedRules(netns, ['iptables-save', '-c', '-t', table]));
  return parseIptablesSave(texts.join('\n'));
}

/** The names of the chains of the tables that can refuse or drop. Throws a `fault` when iptables-save cannot tell them. */
export async function listIptablesChains(netns: string | null): Promise<ReadonlySet<string>> {
  const chains = new Set<string>();
  for (const table of iptablesTables) {
    const text = await printedRules(netns, ['iptables-save', '-t', table]);
    for (const [, name = ''] of text.matchAll(/^:(\S+) /gm)) chains.add(name);
  }
  return chains;
}

/** Parses `iptables-save -c`: of rules that reject, drop or match the state INVALID, and of policies that drop. */
export function parseIptablesSave(text: string): IptablesCounters {
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
    if (rule !== null) countPackets(counters, `${table} ${rule[2] ?? ''} ${rule[3] ?? ''}`, Number(rule[1]));
    else if (policy !== null)
      countPackets(counters, `${table} ${policy[1] ?? ''} policy ${policy[2] ?? ''}`, Number(policy[3]));
  }
  return { counters, tables };
}
