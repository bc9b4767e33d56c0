// When something was being done to the experiment's pods or nodes, so that what clients lived through then is no evidence.
import type { Micros } from '../model/clock.ts';
import type { ClusterSnapshot } from './snapshot.ts';

interface Disturbance {
  /** `pod server-abc123-x restarted (OOMKilled, exit code 137)` */
  readonly sentence: string;
  readonly from: Micros;
  /** Infinite while it lasts. */
  readonly to: Micros;
}

export interface Disturbances {
  /** Compares with the snapshot before; returns the sentences of what has begun. The first one is taken to be the good state. */
  compare(now: ClusterSnapshot): string[];
  /** Why nothing that happened then counts; undefined when it does. */
  reasonAt(at: Micros): string | undefined;
  all(): readonly Disturbance[];
}

/**
 * @param components Those of which a ready pod must be there.
 * @param marginMs How long before and after a disturbance nothing counts: clients notice late, by a probe period at most.
 */
export function createDisturbances(components: readonly string[], marginMs: number): Disturbances {
  const margin = marginMs * 1_000;
  const past: Disturbance[] = [];
  const lasting = new Map<string, { sentence: string; from: Micros }>();
  let before: ClusterSnapshot | undefined;

  function compare(now: ClusterSnapshot): string[] {
    // It began at some time since we last saw that all was well.
    const from = (before?.at ?? now.at) - margin;
    const begun: string[] = [];
    const states = lastingStates(components, now);
    for (const [key, sentence] of states) {
      if (lasting.has(key)) continue;
      lasting.set(key, { sentence, from });
      begun.push(sentence);
    }
    for (const [key, { sentence, from: since }] of lasting) {
      if (states.has(key)) continue;
      // Without a word of the nodes nothing is known of them.
      if (key.startsWith('node') && now.nodes === undefined) continue;
      lasting.delete(key);
      past.push({ sentence, from: since, to: now.at + margin });
    }
    for (const sentence of moments(before, now)) {
      past.push({ sentence, from, to: now.at + margin });
      begun.push(sentence);
    }
    before = now;
    return begun;
  }

  const all = (): Disturbance[] => [
    ...past,
    ...[...lasting.values()].map((one) => ({ ...one, to: Number.POSITIVE_INFINITY })),
  ];
  return {
    compare,
    all,
    reasonAt: (at) => all().find((one) => one.from <= at && at <= one.to)?.sentence,
  };
}

/** What is wrong now, by a key that stays the same while it lasts. */
function lastingStates(components: readonly string[], { pods, nodes }: ClusterSnapshot): Map<string, string> {
  const states = new Map<string, string>();
  for (const pod of pods) {
    if (pod.deleting) states.set(`deleting ${pod.uid}`, `pod ${pod.name} is being deleted`);
  }
  for (const component of components) {
    const own = pods.filter((pod) => pod.component === component && !pod.deleting);
    if (own.length === 0) states.set(`missing ${component}`, `there is no ${component} pod`);
    for (const pod of own) {
      if (!pod.ready) states.set(`unready ${pod.uid}`, `pod ${pod.name} is not ready`);
    }
  }
  for (const node of nodes ?? []) {
    if (node.cordoned) states.set(`node cordoned ${node.name}`, `node ${node.name} is cordoned`);
    if (!node.ready) states.set(`node unready ${node.name}`, `node ${node.name} is not ready`);
  }
  return states;
}

/** What has happened since the snapshot before and left no lasting mark. */
function moments(before: ClusterSnapshot | undefined, now: ClusterSnapshot): string[] {
  if (before === undefined) return [];
  return now.pods.flatMap((pod) => {
    const earlier = before.pods.find((one) => one.uid === pod.uid);
    if (earlier === undefined) return [`pod ${pod.name} is new`];
    if (pod.restarts <= earlier.restarts) return [];
    return [`pod ${pod.name} restarted (${pod.lastExit ?? 'its last process left no word'})`];
  });
}
