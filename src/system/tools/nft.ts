// nft's syntax: one table, replaced as a whole or taken away; tables of any family, and what their rules counted.
import type { NftFamily } from '../../model/plan.ts';
import { runChecked } from '../process.ts';
import { inNetns } from './ip-netns.ts';
import { uncountedEndings, type Ending } from './nft-endings.ts';
import { refusedElements } from './nft-refused.ts';
import { countPackets, printedRules } from './printed-rules.ts';

/** A ruleset that replaces the table, in one transaction. */
export function nftTableText(name: string, body: string, of: NftFamily = 'inet'): string {
  const table = `table ${of} ${name}`;
  // Added first so that deleting it never fails.
  return `add ${table}\ndelete ${table}\n${table} {\n${body}\n}\n`;
}

export function deleteNftTableWords(name: string): string[] {
  return ['nft', 'delete', 'table', 'inet', name];
}

export async function loadNftTable(
  netns: string,
  name: string,
  body: string,
  of: NftFamily = 'inet',
): Promise<void> {
  await runChecked(inNetns(netns, ['nft', '-f', '-']), { input: nftTableText(name, body, of) });
}

export async function deleteNftTable(netns: string, name: string): Promise<void> {
  await runChecked(inNetns(netns, deleteNftTableWords(name)));
}

/** The tables of a namespace: `ip filter`, `inet kube-proxy`. Throws a `fault` when nft cannot tell them. */
export async function listNftTables(netns: string | null): Promise<string[]> {
  return parseNftTables(await printedRules(netns, ['nft', 'list', 'tables']));
}

/** What one of them counts and what it does not; nothing when it is gone. Throws a `fault` when nft cannot tell them. */
export async function readNftTable(netns: string | null, table: string): Promise<NftTable> {
  return parseNftTable(await printedRules(netns, ['nft', 'list', 'table', ...table.split(' ')]));
}

export interface NftTable {
  /**
   * `FAMILY TABLE CHAIN RULE` → packets, for rules that have a counter, whatever they do; the counter's numbers are taken out of
   * the rule's text.
   */
  readonly counters: Readonly<Record<string, number>>;
  /** How many rules and policies reject or drop, by themselves or by a verdict map, and have no counter of their own. */
  readonly uncounted: Readonly<Record<Ending, number>>;
  /** `FAMILY TABLE MAP KEY` of what kube-proxy refuses by a verdict map, which counts nothing. */
  readonly refused: readonly string[];
}

/** Of kube-proxy in mode nftables: the Services that have no endpoint. */
const refusingMap = 'no-endpoint-services';

/** Parses `nft list table …`. */
export function parseNftTable(text: string): NftTable {
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
    countPackets(counters, `${table} ${chain} ${rule}`.trim(), Number(counted[2]));
  }
  return { counters, uncounted: uncountedEndings(text), refused: refusedElements(text, refusingMap) };
}

/** The tables that `nft list tables` names: `ip filter`, `inet kube-proxy`. */
export function parseNftTables(text: string): string[] {
  return [...text.matchAll(/^table (\S+ \S+)$/gm)].map(([, name = '']) => name);
}
