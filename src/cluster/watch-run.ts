// While a run lasts: follows the logs of its pods, old and new, looks after pods and nodes, and hands on the events that count.
import { parseMicros, type Clock, type Micros } from '../model/clock.ts';
import { formatDuration } from '../model/duration.ts';
import { messageOf, Problem } from '../model/problem.ts';
import type { ProbeEvent } from '../model/probe-event.ts';
import { pause } from '../system/pause.ts';
import type { Kubectl } from '../system/tools/kubectl.ts';
import { createNumbering, type EventStream, type Numbering } from './connection-numbers.ts';
import { createDisturbances } from './disturbances.ts';
import { readEventLine } from './logged-event.ts';
import { followLog, type LogFollower, type LogTrouble } from './follow-log.ts';
import { createIntake, type Intake, type SetAside } from './intake.ts';
import { takeSnapshot, type ClusterSnapshot } from './snapshot.ts';
import { clientComponents, ofRun } from './names.ts';
import { createOnceFilter } from './once-filter.ts';
import { assessPlacement } from './placement.ts';
import type { PodView } from './pod-view.ts';

export interface RunWatchSpec {
  readonly kubectl: Kubectl;
  readonly runId: string;
  /** The nodes that the run is on. */
  readonly nodes: readonly string[];
  readonly periodMs: number;
  readonly clock: Clock;
}

export interface RunWatchSinks {
  readonly onEvent: (event: ProbeEvent) => void;
  readonly onSetAside: (one: SetAside) => void;
  /** Every line of a pod's log as it came; repeated ones too. */
  readonly onLogLine: (pod: string, line: string) => void;
  /** Something that the user wants to know: a restart, a cordon, a stream that broke. */
  readonly onNote: (sentence: string) => void;
}

export interface RunWatch {
  /** Rejects with a `missing` Problem when the run cannot go on: the pods moved, or the cluster is silent for a minute. */
  readonly broken: Promise<never>;
  /** Resolves when every event that is to come has been handed on. */
  stop(): Promise<void>;
}

interface Followed {
  pod: PodView;
  readonly log: LogFollower;
  readonly events: EventStream;
}

const lookEveryMs = 2_000;
const silenceMs = 60_000;
/** Beside a probe period, what a client needs to notice and a container to start. */
const marginMs = 2_000;
/** A client says something of each connection in each period: after so many without a word, and what a log takes to come, it is late. */
const silentPeriods = 3;
const logDelayMs = 5_000;
const serverSilenceMs = 60_000;
const components = ['server', ...clientComponents];

/** Starts to watch. */
export function watchRun(spec: RunWatchSpec, sinks: RunWatchSinks): RunWatch {
  const { kubectl, clock } = spec;
  const disturbances = createDisturbances(components, spec.periodMs + marginMs);
  const followed = new Map<string, Followed>();
  const intakes = new Map<string, Intake>();
  const numberings = new Map<string, Numbering>();
  const stopping = new AbortController();
  const breaking = Promise.withResolvers<never>();
  breaking.promise.catch(() => undefined);

  const intakeOf = (component: string) =>
    remembered(intakes, component, () =>
      createIntake(disturbances, { onCounted: sinks.onEvent, onSetAside: sinks.onSetAside }),
    );

  function follow(pod: PodView): Followed {
    const events = remembered(numberings, pod.component, createNumbering).stream();
    const once = createOnceFilter();
    const take = (line: string): Micros | undefined => {
      sinks.onLogLine(pod.name, line);
      const event = readEventLine(line);
      if (event === undefined) return undefined;
      const at = parseMicros(event.at);
      if (!once.isNew(line, at)) return at;
      if (event.role === 'server') sinks.onEvent(event);
      else for (const one of events.take(event)) intakeOf(pod.component).take(one, clock.now());
      return at;
    };
    const isClient = pod.component !== 'server';
    const onTrouble = (trouble: LogTrouble) => {
      const sentence = troubleSentence(pod.name, trouble);
      // A server without connections to take has nothing to say.
      if (isClient || trouble.state !== 'silent') sinks.onNote(sentence);
    };
    const silenceMs = isClient ? silentPeriods * spec.periodMs + logDelayMs : serverSilenceMs;
    return {
      pod,
      events,
      log: followLog({ kubectl, pod: pod.name, onLine: take, silenceMs, onTrouble }),
    };
  }

  async function attend(snapshot: ClusterSnapshot): Promise<void> {
    for (const sentence of disturbances.compare(snapshot)) sinks.onNote(sentence);
    for (const pod of snapshot.pods) {
      const known = followed.get(pod.uid);
      if (known === undefined) {
        if (components.includes(pod.component) && pod.node !== null) followed.set(pod.uid, follow(pod));
      } else {
        if (pod.restarts > known.pod.restarts) await known.log.readPrevious();
        known.pod = pod;
      }
    }
    for (const [uid, { pod, log, events }] of followed) {
      if (snapshot.pods.some((one) => one.uid === uid)) continue;
      followed.delete(uid);
      await log.stop();
      for (const one of events.end()) intakeOf(pod.component).take(one, clock.now());
    }
    for (const intake of intakes.values()) intake.settle(snapshot.at);
  }

  async function keepLooking(): Promise<void> {
    let goodAt = clock.monotonic();
    let silent = false;
    while (!stopping.signal.aborted) {
      try {
        const snapshot = await takeSnapshot(kubectl, ofRun(spec.runId), spec.nodes, () => clock.now());
        await attend(snapshot);
        goodAt = clock.monotonic();
        silent = false;
        const placement = assessPlacement(snapshot.pods);
        if (!placement.fits && allPlaced(snapshot.pods)) {
          breaking.reject(
            new Problem(
              'missing',
              `The pods moved, and the run with them: ${placement.sentence}; run again.`,
            ),
          );
        }
      } catch (error) {
        if (error instanceof Problem && error.kind === 'interrupted') return;
        if (!silent) sinks.onNote(`the cluster does not answer: ${messageOf(error)}`);
        silent = true;
        if (clock.monotonic() - goodAt > silenceMs) breaking.reject(error);
      }
      await pause(lookEveryMs, stopping.signal);
    }
  }

  const looking = keepLooking();
  return {
    broken: breaking.promise,
    async stop() {
      stopping.abort();
      await looking;
      await Promise.all([...followed.values()].map(({ log }) => log.stop()));
      // What came last is judged by how the cluster is now, also after Ctrl-C; if that cannot be known, by what was known before.
      await takeSnapshot(kubectl.withSignal(undefined), ofRun(spec.runId), spec.nodes, () => clock.now())
        .then((snapshot) => {
          for (const sentence of disturbances.compare(snapshot)) sinks.onNote(sentence);
        })
        .catch(() => undefined);
      for (const intake of intakes.values()) intake.flush();
    },
  };
}

function troubleSentence(pod: string, trouble: LogTrouble): string {
  switch (trouble.state) {
    case 'broken':
      return `the log of ${pod} broke off (${trouble.words}); it is asked for until it comes again`;
    case 'silent':
      return `the log of ${pod} has been silent for ${formatDuration(trouble.forMs)}, longer than its probes allow; it is asked for anew`;
    case 'mended':
      return `the log of ${pod} is attached again`;
  }
}

function allPlaced(pods: readonly PodView[]): boolean {
  return components.every((component) =>
    pods.some((pod) => pod.component === component && !pod.deleting && pod.node !== null),
  );
}

function remembered<T>(map: Map<string, T>, key: string, make: () => T): T {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}
