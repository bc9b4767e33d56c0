// nft's syntax: one table of family inet, replaced as a whole or taken away.
import { runChecked } from '../process.ts';
import { inNetns } from './ip-netns.ts';

/** A ruleset that replaces the table, in one transaction. */
export function nftTableText(name: string, body: string): string {
  // Added first so that deleting it never fails.
  return `add table inet ${name}\ndelete table inet ${name}\ntable inet ${name} {\n${body}\n}\n`;
}

export function deleteNftTableWords(name: string): string[] {
  return ['nft', 'delete', 'table', 'inet', name];
}

export async function loadNftTable(netns: string, name: string, body: string): Promise<void> {
  await runChecked(inNetns(netns, ['nft', '-f', '-']), { input: nftTableText(name, body) });
}

export async function deleteNftTable(netns: string, name: string): Promise<void> {
  await runChecked(inNetns(netns, deleteNftTableWords(name)));
}
