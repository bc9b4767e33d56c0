// Who moves the node's packets, by the rules, chains and links that it has made: told once, and again at the end if it changed.
import { formatMicros } from '../model/clock.ts';
import { dataplaneWords } from '../model/dataplane-words.ts';
import { messageOf, Problem } from '../model/problem.ts';
import { findTool } from '../system/find-tool.ts';
import { listLinks, listRules } from '../system/tools/ip.ts';
import { listIptablesChains } from '../system/tools/iptables.ts';
import { listNftTables } from '../system/tools/nft.ts';
import { recogniseDataplane } from './recognise-dataplane.ts';
import type { Witness } from './witness.ts';

export const ruleOwners: Witness = {
  name: 'rule-owners',
  extension: 'log',
  share: 1,
  async start(context) {
    const { netns, clock } = context;
    const read = async () =>
      recogniseDataplane({
        chains: await orNull(findTool('iptables-save') !== undefined, () => listIptablesChains(netns)),
        nftTables: await orNull(findTool('nft') !== undefined, () => listNftTables(netns)),
        rules: await orNull(true, async () => [
          ...(await listRules(netns)),
          // A kernel without IPv6 has no such rules.
          ...(await listRules(netns, 'ipv6').catch(() => [])),
        ]),
        links: await orNull(true, async () => [...(await listLinks(netns)).values()]),
      });
    const first = await read();
    if (Object.values(first).every((one) => one === null))
      throw new Problem('missing', "neither the node's rules nor its links can be read");
    const raw = context.openRaw();
    const tell = (seen: typeof first) => {
      const at = formatMicros(clock.now());
      const text = `${at} ${dataplaneWords(seen)}`;
      raw.write(`${text}\n`);
      context.emit({ event: 'dataplane', at, ...seen }, text);
    };
    tell(first);
    return {
      scope: dataplaneWords(first),
      async stop() {
        const last = await read();
        if (dataplaneWords(last) !== dataplaneWords(first)) tell(last);
        return { lost: 0, text: dataplaneWords(last) };
      },
    };

    /** Null for what cannot be read; the witness then says less. */
    async function orNull<T>(isThere: boolean, list: () => Promise<T>): Promise<T | null> {
      if (!isThere) return null;
      try {
        return await list();
      } catch (error) {
        context.limited(messageOf(error), null);
        return null;
      }
    }
  },
};
