// Which keys of verdict maps lead to a chain that rejects: kube-proxy refuses so who dials a Service without endpoints, and counts nothing.
import { readBlocks, type Block } from './nft-endings.ts';

/** `FAMILY TABLE MAP KEY`, of each map in what `nft list table …` prints that is called so. */
export function refusedElements(text: string, name: string): string[] {
  const table = /^table (\S+ \S+) \{/m.exec(text)?.[1];
  const blocks = readBlocks(text);
  const map = blocks.find((block) => block.kind === 'map' && block.name === name);
  if (table === undefined || map === undefined) return [];
  const rejecting = new Set(blocks.filter(rejects).map((chain) => chain.name));
  const elements = /\belements = \{(.*)\}/.exec(map.lines.join(' '))?.[1] ?? '';
  return elements.split(',').flatMap((element) => {
    const [, key = '', chain = ''] =
      /^\s*(.+?)(?: comment "")? : (?:goto|jump) (\S+)\s*$/.exec(element) ?? [];
    return rejecting.has(chain) ? [`${table} ${name} ${key}`] : [];
  });
}

const rejects = ({ kind, lines }: Block) => kind === 'chain' && lines.some((line) => /\breject\b/.test(line));
