// What a watch gives a cluster all day long, beside what it says: numbers for Prometheus, and Events on the pods that lose connections.
import { createTransport, type KubernetesAccess } from '../../kubernetes/transport.ts';
import { openPodEvents } from '../../kubernetes/pod-events.ts';
import { startHttp, type HttpListener } from '../../mesh/http-listener.ts';
import { createWatchMetrics, type WatchNumbers, type WitnessState } from '../../metrics/watch-metrics.ts';
import type { Endpoint } from '../../model/endpoint.ts';
import type { MissingWitness } from '../../model/missing-witness.ts';
import type { WatchLoss } from '../../model/watch-record.ts';
import { seesLosses } from '../../report/watch-sight.ts';
import type { Watched } from '../watch/live-losses.ts';
import type { LiveWatchStart } from '../watch/watch-live.ts';
import { createLossCounting } from './count-losses.ts';
import { createLossEvents } from './loss-events.ts';
import { followPods, noPods } from './pods-here.ts';

export interface AllDaySettings {
  /** As the Kubernetes API calls it. */
  readonly node: string;
  readonly version: string;
  /** Where metrics are served; null for nowhere. */
  readonly metrics: Endpoint | null;
  /** Whether Events are made. */
  readonly events: boolean;
  /** Null where nobody can be asked: what workloads are called is not known then. */
  readonly access: KubernetesAccess | null;
  readonly mostLabelSets: number;
  readonly log: (message: string) => void;
}

export interface AllDay {
  /** Where metrics are served, the port as the kernel chose it. */
  readonly local: Endpoint | null;
  started(start: LiveWatchStart): void;
  lost(losses: readonly WatchLoss[]): void;
  look(watched: () => Watched): void;
  ended(): void;
  /** Once; tells what is left for a few seconds. */
  stop(): Promise<void>;
}

/** A watch looks ten times a second; one that has not for so long is not what it says. */
const longestPauseMs = 30_000;

const nothingYet: WatchNumbers = {
  ...{ connections: null, processes: null, untold: 0, held: 0, pods: 0, seesLosses: false },
  witnesses: new Map(),
};

/** Rejects with a Problem when it cannot listen, or a pod's credentials cannot be read. */
export async function openAllDay({
  node,
  version,
  metrics: listen,
  events: isTelling,
  access,
  mostLabelSets,
  log,
}: AllDaySettings): Promise<AllDay> {
  const transport = access === null ? null : createTransport(access);
  const nowMs = () => performance.now();
  let start: LiveWatchStart | undefined;
  let watched: (() => Watched) | undefined;
  let lookedMs = nowMs();
  const numbers = (): WatchNumbers => {
    if (start === undefined) return nothingYet;
    const { lost, missing } = start.soFar();
    const now = watched?.();
    return {
      ...{ connections: now?.connections ?? null, processes: now?.processes ?? null },
      untold: Math.max(0, lost - (now?.lost ?? lost)),
      ...{ held: counting.size, pods: pods.size, seesLosses: seesLosses(missing) },
      witnesses: statesOf(start.running, missing),
    };
  };
  const metrics = createWatchMetrics({ node, version, mostLabelSets, numbers });
  const readiness = () => {
    if (start === undefined) return { ready: false, sentence: 'the witnesses are being started' };
    const pauseMs = nowMs() - lookedMs;
    return pauseMs < longestPauseMs
      ? { ready: true, sentence: 'ok' }
      : { ready: false, sentence: `nothing was judged for ${Math.round(pauseMs / 1_000)} s` };
  };
  const http: HttpListener | null =
    listen === null ? null : await startHttp({ listen, metrics, readiness, log, flag: '--metrics' });
  const pods = transport === null ? noPods : followPods({ transport, node, log });
  const counting = createLossCounting({
    ...{ counter: metrics.losses, pods },
    correctedLate: (correction) => metrics.correctedLate(correction),
  });
  const events =
    transport === null || !isTelling
      ? null
      : createLossEvents({
          ...{ api: openPodEvents(transport, { node }), pods, log },
          onMade: (outcome) => metrics.event(outcome),
          onWithout: (reason, losses) => metrics.withoutEvent(reason, losses),
        });
  return {
    local: http?.local ?? null,
    started(now) {
      start = now;
      lookedMs = nowMs();
    },
    lost(losses) {
      counting.take(losses, nowMs());
      events?.take(losses, nowMs());
    },
    look(now) {
      watched = now;
      lookedMs = nowMs();
      counting.look(lookedMs);
      events?.look(lookedMs);
    },
    ended: () => counting.end(),
    async stop() {
      await events?.stop();
      await pods.stop();
      await http?.close();
    },
  };
}

/** Those that were left out as --without has it are no witnesses here. */
function statesOf(
  running: readonly string[],
  missing: readonly MissingWitness[],
): ReadonlyMap<string, WitnessState> {
  const states = new Map<string, WitnessState>(running.map((name) => [name, 'well']));
  for (const { witness, state, reason } of missing) {
    if (reason.startsWith('left out, as --without')) states.delete(witness);
    else if (state !== 'limited') states.set(witness, 'missing');
    else if (states.get(witness) !== 'missing') states.set(witness, 'limited');
  }
  return states;
}
