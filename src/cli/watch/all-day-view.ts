// A watch that runs all day on a node of a cluster: its numbers for Prometheus (--metrics), and Events on pods (--events).
import { openAllDay } from '../../experiment/all-day/open-all-day.ts';
import { formatEndpoint, type Endpoint } from '../../model/endpoint.ts';
import { Problem } from '../../model/problem.ts';
import { visible } from '../../report/visible.ts';
import type { NamesApi } from '../names-api.ts';
import { readVersion } from '../own-version.ts';
import type { WatchView } from './watch-view.ts';

export interface AllDayView extends WatchView {
  /** Tells what is left for a few seconds, and closes. Once. */
  stop(): Promise<void>;
}

export interface AllDayViewOptions {
  readonly flags: { readonly metrics?: Endpoint; readonly events?: true };
  readonly node: string;
  readonly api: NamesApi | undefined;
}

/** More workloads and causes of one node are counted as others. */
const mostLabelSets = 500;

/** Rejects with a Problem when it cannot listen, or with --events where no API can be asked. */
export async function allDayView({ flags, node, api }: AllDayViewOptions): Promise<AllDayView> {
  const say = (message: string) =>
    process.stderr.write(`netdebug: ${visible(message).replaceAll('\n', ' ')}\n`);
  const cluster = api?.cluster ?? { access: null, why: null };
  if (flags.events === true && cluster.access === null)
    throw new Problem('missing', `--events asks the Kubernetes API, and ${cluster.why ?? 'there is none'}.`);
  const allDay = await openAllDay({
    ...{ node, version: readVersion(), mostLabelSets, log: say },
    ...{ metrics: flags.metrics ?? null, events: flags.events === true, access: cluster.access },
  });
  if (allDay.local !== null) {
    const { address, port } = allDay.local;
    say(`metrics on ${formatEndpoint({ address: address === '' ? '*' : address, port })}`);
  }
  return {
    started: (start) => allDay.started(start),
    lost: (losses) => allDay.lost(losses),
    look: (watched) => allDay.look(watched),
    missing: () => undefined,
    ended: () => allDay.ended(),
    stop: () => allDay.stop(),
  };
}
