// Everything that watches one node, started and stopped together; parsed events go to evidence/NODE/events.ndjson.
import { formatMicros, systemClock } from '../model/clock.ts';
import type { Clock } from '../model/clock.ts';
import type { NodeEvent, SourceEvent } from '../model/node-event.ts';
import { messageOf, Problem } from '../model/problem.ts';
import { captureSource } from './capture.ts';
import type { CaptureScope } from '../system/tools/tcpdump.ts';
import { conntrackEvents } from './conntrack-events.ts';
import { conntrackStatsSource } from './conntrack-stats.ts';
import { ipMonitor } from './ip-monitor.ts';
import { anchorIn } from './namespace-anchor.ts';
import { netlinkToolSource } from './netlink-tool.ts';
import { createPodFinder } from './pod-namespaces.ts';
import { ruleCountersSource } from './rule-counters.ts';
import type { Pace } from './sampler.ts';
import { listenersSource } from './listeners.ts';
import { openNodeFolder } from '../run-folder/open-node.ts';
import { snmpSource } from './snmp.ts';
import type { RunningSource, Source, SourceContext } from './source.ts';

export interface WatchOptions {
  /** The network namespace to watch: a name of `ip netns`, null for our own. Default: the node's name. */
  readonly netns?: string | null;
  /** Default: every TCP packet, handed over at once. */
  readonly capture?: CaptureScope;
  /** Of the sources that read counters at intervals. Default: every 100 ms, each in at most a fifth of the time. */
  readonly pace?: Pace;
  /** Bound on the bytes of all files together. Default: 256 MiB. */
  readonly maxBytes?: number;
  /** The addresses of the node's pods. Default: every other network namespace with a process that we can see. */
  readonly podAddresses?: readonly string[];
  readonly clock?: Clock;
}

export interface NodeWatch {
  /** Rejects when no source is left. */
  readonly failed: Promise<never>;
  /** Stops all sources; resolves, with what each said of itself last, when every line is in its file. */
  stop(): Promise<readonly SourceEvent[]>;
}

/** Of the bound on all files, the part of the parsed events, and of each source's raw file. */
const shares = {
  events: 0.5,
  capture: 0.2,
  'conntrack-events': 0.15,
  'ip-monitor': 0.03,
  'conntrack-stats': 0.03,
  snmp: 0.03,
  listeners: 0.03,
  'rule-counters': 0.03,
} as const;

function sources(proc: string, options: WatchOptions): readonly Source[] {
  const capture = options.capture ?? { packets: 'all', ports: [], immediate: true };
  const pods = createPodFinder(proc, options.podAddresses);
  return [
    netlinkToolSource(ipMonitor),
    netlinkToolSource(conntrackEvents),
    captureSource(capture),
    conntrackStatsSource(),
    snmpSource(pods),
    listenersSource(pods),
    ruleCountersSource(),
  ];
}

/**
 * Watches a node until stopped. `folder` is the run's folder. Resolves when every source that can run here listens; each says of
 * itself, by an event, whether it does. Throws a `missing` Problem when none can.
 */
export async function watchNode(
  node: string,
  folder: string,
  onEvent: (event: NodeEvent) => void,
  options: WatchOptions = {},
): Promise<NodeWatch> {
  const {
    netns = node,
    clock = systemClock(),
    pace = { periodMs: 100, share: 0.2 },
    maxBytes = 268_435_456,
  } = options;
  const files = await openNodeFolder(folder, node, maxBytes);
  const anchor = await anchorIn(netns);
  const said = new Map<string, SourceEvent>();
  const live = new Set<Source>();
  const running: { source: Source; run: RunningSource; say: Say }[] = [];
  const noneLeft = Promise.withResolvers<never>();
  noneLeft.promise.catch(() => undefined);

  const eventsLeftOut = (reason: string) => {
    for (const { say } of running) say('limited', reason, null);
  };
  const parsed = files.openEvents(shares.events, eventsLeftOut);
  const record = (event: NodeEvent) => {
    parsed.write(`${JSON.stringify(event)}\n`);
    onEvent(event);
    if (event.event === 'link-changed') for (const { run } of running) run.onLinkChange?.();
  };

  type Say = (state: SourceEvent['state'], text: string, lost: number | null) => void;
  const sayFor = (source: Source, file: string): Say => {
    return (state, text, lost) => {
      const at = formatMicros(clock.now());
      const event = { event: 'source', at, source: source.name, text, node, file, state, lost } as const;
      said.set(source.name, event);
      record(event);
    };
  };

  const startOne = async (source: Source) => {
    const raw = `${source.name}.${source.name === 'capture' ? 'pcap' : 'log'}`;
    const file = files.nameOf(raw);
    const say = sayFor(source, file);
    const context: SourceContext = {
      node,
      netns,
      proc: anchor.proc,
      clock,
      pace,
      file,
      openRaw: (head) => files.open(raw, shares[source.name], (reason) => say('limited', reason, null), head),
      emit: record,
      sawReset: () => {
        for (const { run } of running) run.onReset?.();
      },
      limited(text, lost) {
        // What fails at every reading is said once.
        if (said.get(source.name)?.text !== text) say('limited', text, lost);
      },
      failed(text, final) {
        say('failed', text, null);
        if (final) live.delete(source);
        if (live.size === 0)
          noneLeft.reject(new Problem('fault', `no source of evidence is left on ${node}: ${text}`));
      },
    };
    live.add(source);
    try {
      const run = await source.start(context);
      running.push({ source, run, say });
      say('started', run.scope, null);
    } catch (error) {
      live.delete(source);
      say('unavailable', messageOf(error), null);
    }
  };

  const closeAll = async () => {
    files.close();
    await anchor.stop();
  };

  await Promise.all(sources(anchor.proc, options).map(startOne));
  if (live.size === 0) {
    await closeAll();
    const reasons = [...said.values()].map(({ source, text }) => `${source}: ${text}`);
    throw new Problem('missing', `nothing can be observed on ${node}: ${reasons.join('; ')}.`);
  }
  return {
    failed: noneLeft.promise,
    async stop() {
      await Promise.all(
        running.map(async ({ source, run, say }) => {
          const end = await run.stop();
          if (live.has(source)) say('stopped', end.text, end.lost);
        }),
      );
      await closeAll();
      return [...said.values()];
    },
  };
}
