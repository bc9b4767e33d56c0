// What addresses are called: pods by what the kubelet keeps on the node; pods, Services and nodes by the API where it can be asked.
import { formatMicros } from '../model/clock.ts';
import type { AddressName } from '../kubernetes/cluster-names.ts';
import { ownAddressesIn } from './local-addresses.ts';
import { askCluster } from './names/ask-cluster.ts';
import { podsOnNode } from './names/pods-on-node.ts';
import { createTold } from './names/told-names.ts';
import { readAtIntervals } from './sampled-witness.ts';
import { podLimit } from './scopes.ts';
import type { Witness } from './witness.ts';

/** Pods come and go, and their names are in two folders. */
const periods = 5;

export const names: Witness = {
  name: 'names',
  extension: 'log',
  share: 3,
  async start(context) {
    const { clock, node, pods, podNames, pace, cluster } = context;
    const raw = context.openRaw();
    const told = createTold();
    const tell = (all: readonly AddressName[]) => {
      for (const { kind, name, address } of told.news(all)) {
        const at = formatMicros(clock.now());
        const text = `${at} ${address} is the ${kind} ${name}`;
        raw.write(`${text}\n`);
        context.emit({ event: 'name', at, address, port: null, kind, name }, text);
      }
    };
    // The API knows better: on the node alone a node is called what it is told.
    let byApi: ReadonlySet<string> = new Set();
    const asking = await askCluster({
      ...{ cluster, node },
      addresses: () => ownAddressesIn(context.proc),
      onNames({ addresses, pods: known }) {
        for (const { uid, name } of known) podNames.learn(uid, name);
        byApi = new Set(addresses.map(({ address }) => address));
        tell(addresses);
      },
      onMissing: (why) => context.limited(`the API: ${why}`, null),
    });
    const lookHere = () => {
      const own = ownAddressesIn(context.proc).map(
        (address) => ({ kind: 'node', name: node, address }) as const,
      );
      const here: AddressName[] = [...own, ...podsOnNode(pods.find(), podNames)];
      tell(here.filter(({ address }) => !byApi.has(address)));
    };
    lookHere();
    const hasApi = byApi.size > 0;
    const isWanted = cluster.access !== null || cluster.why !== null;
    const missing = [
      hasApi ? asking.missing : `Services and what is on other nodes have no names: ${asking.missing ?? ''}`,
      hasApi ? null : (podNames.blindness() ?? podLimit(pods)?.text ?? null),
    ].filter((text) => isWanted && text !== null);
    const looking = readAtIntervals(context, {
      scope: `of addresses, from ${hasApi ? 'the API and ' : ''}the node`,
      limit: missing.length === 0 ? null : { text: missing.join('; '), blindTo: [] },
      periodMs: pace.periodMs * periods,
      sample: lookHere,
      end: () => `${told.size} addresses have a name`,
    });
    return {
      ...looking,
      async stop() {
        await asking.stop();
        return await looking.stop();
      },
    };
  },
};
