// Who moves the node's packets, by the rules, chains and links that it has made: told once, and again at the end if it changed.
import { formatMicros } from '../model/clock.ts';
import type { Dataplane } from '../model/node-event.ts';
import { dataplaneWords, hiddenTracking } from '../model/dataplane-words.ts';
import { messageOf, Problem } from '../model/problem.ts';
import { findTool } from '../system/find-tool.ts';
import { listLinks, listRules } from '../system/tools/ip.ts';
import { listIptablesChains } from '../system/tools/iptables.ts';
import { listAttachedPrograms } from '../system/tools/bpf-programs.ts';
import { listNftTables } from '../system/tools/nft.ts';
import { createAgentFinder } from './agents/find-agents.ts';
import { pinnedTables } from './ebpf/pinned-tables.ts';
import { recogniseDataplane } from './recognise-dataplane.ts';
import { identityOf } from './sockets/process-identity.ts';
import { isWholeMachine } from './whole-machine.ts';
import type { Limit, Witness } from './witness.ts';

export const ruleOwners: Witness = {
  name: 'rule-owners',
  extension: 'log',
  share: 1,
  async start(context) {
    const { netns, clock, podNames, proc } = context;
    const finder = createAgentFinder(proc);
    let [unread, isSaid] = [undefined as string | undefined, false];
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
        programs: await orNull(findTool('tc') !== undefined, () => listAttachedPrograms(proc)),
        pinned: isWholeMachine(proc) ? pinnedTables() : null,
        agents: finder.find().map(({ name, pid }) => {
          const cgroup = identityOf(`/proc/${pid}`)?.cgroup;
          return { name, pod: cgroup === undefined ? null : podNames.of(cgroup).pod };
        }),
      });
    const first = await read();
    if (Object.values(first).every((one) => one === null))
      throw new Problem('missing', unread ?? "neither the node's rules nor its links can be read");
    isSaid = true;
    if (unread !== undefined) context.limited(unread, null);
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
      limit: limitOf(first),
      async stop() {
        const last = await read();
        if (dataplaneWords(last) !== dataplaneWords(first)) tell(last);
        const limit = limitOf(last);
        if (limit !== null && limitOf(first) === null) context.limited(limit.text, null, limit.blindTo);
        return { lost: 0, text: dataplaneWords(last) };
      },
    };

    /** Null for what cannot be read; the witness then says less. */
    async function orNull<T>(isThere: boolean, list: () => Promise<T>): Promise<T | null> {
      if (!isThere) return null;
      try {
        return await list();
      } catch (error) {
        unread = messageOf(error);
        if (isSaid) context.limited(unread, null);
        return null;
      }
    }
  },
};

function limitOf(seen: Dataplane): Limit | null {
  const text = hiddenTracking(seen);
  return text === null ? null : { text, blindTo: ['ebpf-conntrack'] };
}
