// iptables-restore's syntax, and sysctl's: how a ruleset and kernel settings reach a namespace.
import type { ChainRule, IptablesTable } from '../../model/plan.ts';
import { runChecked } from '../process.ts';
import { inNetns } from './ip-netns.ts';

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

export async function restoreTables(netns: string, tables: readonly IptablesTable[]): Promise<void> {
  await runChecked(inNetns(netns, ['iptables-restore']), { input: restoreText(tables) });
}

/** The command that puts a rule into a chain, or takes it out again. */
export function chainRuleWords(action: 'add' | 'delete', { table, chain, place, rule }: ChainRule): string[] {
  const how = action === 'delete' ? '-D' : place === 'first' ? '-I' : '-A';
  return ['iptables', '-t', table, how, chain, ...rule.split(' ')];
}

export async function changeChainRule(
  netns: string,
  action: 'add' | 'delete',
  rule: ChainRule,
): Promise<void> {
  await runChecked(inNetns(netns, chainRuleWords(action, rule)));
}

export function sysctlWords(settings: readonly { key: string; value: string }[]): string[] {
  return ['sysctl', '-q', '-w', ...settings.map(({ key, value }) => `${key}=${value}`)];
}

export async function setSysctls(
  netns: string,
  settings: readonly { key: string; value: string }[],
): Promise<void> {
  await runChecked(inNetns(netns, sysctlWords(settings)));
}
