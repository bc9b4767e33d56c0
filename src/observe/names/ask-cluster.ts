// Asks the API what addresses are called, at once and then rarely.
import { readFileSync } from 'node:fs';
import { mostNodes, openNames, type ClusterNames, type NamesReader } from '../../kubernetes/cluster-names.ts';
import { messageOf } from '../../model/problem.ts';
import { pause } from '../../system/pause.ts';
import type { ClusterAccess } from '../witness.ts';

export interface ClusterNamesOptions {
  readonly cluster: ClusterAccess;
  /** What the node is called, which the API may call otherwise. */
  readonly node: string;
  /** The node's own addresses now. */
  readonly addresses: () => readonly string[];
  readonly onNames: (names: ClusterNames) => void;
  /** Hears why there are none, in words, or not all, each time that it is another reason; not of the first time. */
  readonly onMissing: (why: string) => void;
}

export interface AskingCluster {
  /** Why there are none yet, in words, or not all; null when there are. */
  readonly missing: string | null;
  stop(): Promise<void>;
}

/** Of a large cluster the API answers with megabytes; nobody needs the name of a pod within seconds. */
const askEachMs = 300_000;

/** With an observer on each node the API is asked as often in all as in the largest cluster that is not large, and not by all at once. */
const pauseMs = (nodeCount: number) =>
  askEachMs * Math.max(1, nodeCount / mostNodes) * (0.75 + 0.5 * Math.random());
/** A watcher says nothing before all its witnesses have begun; names that come later are told when they do. */
const longestWaitMs = 2_000;

/** Resolves when the API has answered for the first time, or will not soon. */
export async function askCluster({
  cluster,
  node,
  addresses,
  onNames,
  onMissing,
}: ClusterNamesOptions): Promise<AskingCluster> {
  if (cluster.access === null) return { missing: cluster.why, stop: () => Promise.resolve() };
  const { access } = cluster;
  const stopping = new AbortController();
  const isStopping = () => stopping.signal.aborted;
  let reader: NamesReader | undefined;
  let nodeCount = 1;
  const ask = async (): Promise<string | null> => {
    try {
      const bootId = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
      reader ??= openNames(access);
      const machine = { bootId, addresses: addresses(), nodeName: node };
      const found = await reader.read(machine, stopping.signal);
      if (found === undefined) return 'this machine is no node of the cluster that the API is of';
      nodeCount = found.nodeCount;
      onNames(found);
      return found.leftOut
        ? 'the cluster is large, so that pods of other nodes, and Services, may have no name'
        : null;
    } catch (error) {
      return messageOf(error);
    }
  };
  const first = ask();
  const asking = (async () => {
    let before = await first;
    for (;;) {
      await pause(pauseMs(nodeCount), stopping.signal);
      if (isStopping()) return;
      const why = await ask();
      if (why !== null && why !== before && !isStopping()) onMissing(why);
      before = why;
    }
  })();
  const late = new AbortController();
  const tooLate = pause(longestWaitMs, late.signal).then(
    () => `the API does not answer within ${longestWaitMs / 1_000} s`,
  );
  const missing = await Promise.race([first, tooLate]);
  late.abort();
  return {
    missing,
    async stop() {
      stopping.abort();
      await asking;
    },
  };
}
