// One run on a cluster: put the experiment there, follow it until it is decided, make the record, and take everything away again.
import { collectEvidence } from '../cluster/collect-evidence.ts';
import { createDeadlines, noDeadlines, type Deadlines } from '../cluster/deadline.ts';
import { deployExperiment, deployObservers } from '../cluster/deploy.ts';
import { describeCluster } from '../cluster/describe-cluster.ts';
import { announceFindings } from '../cluster/finding-events.ts';
import { observerNamespace } from '../cluster/observer-objects.ts';
import type { ReachedCluster } from '../cluster/reach-cluster.ts';
import { watchRun } from '../cluster/watch-run.ts';
import { causeModels } from '../causes/index.ts';
import { formatMicros, type Clock } from '../model/clock.ts';
import { messageOf, Problem } from '../model/problem.ts';
import type { ProbeEvent } from '../model/probe-event.ts';
import type { Finding, RunRecord, Verdict } from '../model/run-record.ts';
import { pause } from '../system/pause.ts';
import type { Tally } from '../verdict/tally.ts';
import { evidenceFile, nodeFolder, nodeOfFile } from '../run-folder/layout.ts';
import { diagnoseDrawn } from './drawing/drawn-findings.ts';
import { expectationOf, type Expectation } from './conclude.ts';
import { withDecidingCommands } from './deciding-command.ts';
import { seenByObservers } from './seen-by-observers.ts';
import { makeRecord, verdictOn, type RunHooks, type VerdictLimits } from './make-record.ts';
import type { LostBooks } from '../run-folder/lost-books.ts';
import type { RunFolder } from '../run-folder/open-for-writing.ts';
import { readNodeEvents } from '../run-folder/saved-run.ts';
import { keepRunRecord } from '../run-folder/write-record.ts';

/** What the user chose, checked and with its defaults. */
export interface ClusterSettings extends VerdictLimits {
  readonly runId: string;
  readonly image: string;
  /** Null when nobody observes. */
  readonly observerImage: string | null;
  readonly connections: number;
  readonly periodMs: number;
  readonly durationMs: number;
  readonly rolloutTimeoutMs: number;
  readonly podIp: boolean;
  /** What it creates stays in the cluster. */
  readonly keep: boolean;
  /** Findings become Events of the cluster. */
  readonly event: boolean;
  readonly expected: Expectation;
  /** Absolute; new or empty. */
  readonly folder: string;
}

export interface ClusterHooks extends RunHooks {
  /** Something that the user wants to know while it runs. */
  onNote(text: string): void;
}

interface Surroundings {
  readonly clock: Clock;
  readonly tally: Tally;
  readonly files: RunFolder;
  /** Those of `files`. */
  readonly books: LostBooks;
}

export interface ClusterEnd {
  readonly record: RunRecord;
  /** Why the run broke off before its time; null when it did not. */
  readonly problem: Problem | null;
}

const decideEveryMs = 1_000;

/**
 * Runs the experiment. Throws a Problem when it cannot be put into the cluster; once clients run there is always a record, of
 * what there was until then, and the evidence is collected as far as it can be, also after Ctrl-C. What it created stays: the caller
 * removes it, whatever happens here.
 */
export async function runOnCluster(
  cluster: ReachedCluster,
  settings: ClusterSettings,
  surroundings: Surroundings,
  hooks: ClusterHooks,
): Promise<ClusterEnd> {
  const { kubectl } = cluster;
  const { clock, files } = surroundings;
  const { runId, image, folder } = settings;
  const keptAs = (name: string) => evidenceFile(folder, name);
  const onNote = (text: string) => {
    files.note({ at: formatMicros(clock.now()), text });
    hooks.onNote(text);
  };
  const deadlines = settings.keep ? noDeadlines : createDeadlines(kubectl, { runId, image, keptAs, onNote });
  try {
    return await runUntilDeadline(cluster, settings, surroundings, { ...hooks, onNote, deadlines });
  } finally {
    await deadlines.stop();
  }
}

async function runUntilDeadline(
  cluster: ReachedCluster,
  settings: ClusterSettings,
  { clock, tally, files, books }: Surroundings,
  hooks: ClusterHooks & { readonly deadlines: Deadlines },
): Promise<ClusterEnd> {
  const onNote = (text: string) => hooks.onNote(text);
  const { kubectl } = cluster;
  const patient = kubectl.withSignal(undefined);
  const { runId, periodMs, folder, observerImage } = settings;
  const deployOptions = {
    keptAs: (name: string) => evidenceFile(folder, name),
    rolloutTimeoutMs: settings.rolloutTimeoutMs,
    onStage: (text: string) => hooks.onStage(text),
    onNote,
    deadlines: hooks.deadlines,
    signal: hooks.signal,
  };
  const clients = { connections: settings.connections, periodMs };
  const held = observerImage !== null;
  const shape = { runId, image: settings.image, clients, events: true, podIp: settings.podIp, held };
  const deployment = await deployExperiment(kubectl, shape, deployOptions);
  await deployment.server();
  // Clients that are to be observed are held on their nodes until observers listen there: their first connections count, too.
  const placement = await deployment.clients();
  const nodes = [placement.serverNode, placement.remoteNode];
  const observing =
    observerImage === null
      ? null
      : await deployObservers(kubectl, { runId, image: observerImage, nodes }, deployOptions);
  const observers = observing?.pods ?? [];
  if (held) await deployment.start();

  const probes: ProbeEvent[] = [];
  const startedAt = clock.now();
  hooks.onStage(`running on ${placement.serverNode} and ${placement.remoteNode}`);
  const watch = watchRun(
    { kubectl, runId, nodes, periodMs, clock },
    {
      onEvent(event) {
        files.event(JSON.stringify(event));
        if (event.role === 'client') tally.add(event);
        // Answers are many and are in the tally; the diagnosis needs the rest.
        if (event.event !== 'answered') probes.push(event);
      },
      onSetAside: (one) => files.setAside(one),
      onLogLine: (pod, line) => files.logLine(pod, line),
      onNote,
    },
  );
  hooks.onStarted();
  // Beside the run, which it must not keep waiting.
  const described = describeCluster({ ...cluster, kubectl: patient }, runId, nodes).catch(
    (error: unknown) => {
      onNote(`the record goes without the names of pods and nodes: ${messageOf(error)}`);
      return undefined;
    },
  );
  // By the events' own time: nodes need not agree with this machine about what time it is.
  const verdict = () => verdictOn(tally, settings);
  const problem = await untilEnd(watch.broken, verdict, settings.durationMs, hooks.signal);
  // Ctrl-C from here on ends nothing early that the verdict rests on.
  const interrupted = hooks.signal.aborted;

  const again = 'Ctrl-C again ends this at once, and loses it';
  hooks.onStage(
    `reading what is left of the logs${interrupted && observers.length > 0 ? `, then the evidence; ${again}` : ''}`,
  );
  await watch.stop();
  const endedAt = clock.now();
  const seen = await evidenceOf(observers);
  const where = await described;
  const complete = problem === null && (!interrupted || verdict().outcome !== 'inconclusive');
  const findings = withDecidingCommands(diagnoseDrawn({ probes, nodes: seen }, causeModels));
  const concluded = { complete, verdict: verdict(), findings };
  const made = makeRecord({
    ...{ kind: 'cluster', scenario: null, factors: {}, fix: null, seed: null, speed: 1 },
    ...{ startedAt, endedAt },
    ...(where === undefined ? {} : { cluster: where }),
    classes: tally.summaries(),
    ...concluded,
    ...(problem === null ? expectationOf(concluded, { outcome: settings.expected }, interrupted) : {}),
    ...seenByObservers(
      seen,
      observing?.witnesses.missing ?? [],
      observers.flatMap(({ node }) => node ?? []),
    ),
  });
  files.flush();
  const record = await keepRunRecord(folder, made, books);
  if (settings.event && where !== undefined) {
    const { keptAs } = deployOptions;
    const failed = await announceFindings(patient, record, { runId, cluster: where, nodeOf, keptAs });
    if (failed !== null) onNote(failed);
  }
  return { record, problem };

  /** Whatever ended the run, and with a kubectl that Ctrl-C does not end. */
  async function evidenceOf(pods: typeof observers) {
    if (pods.length === 0) return [];
    hooks.onStage('copying the evidence of the nodes');
    const source = { namespace: observerNamespace({ runId }), observers: pods };
    try {
      const copied = await collectEvidence(patient, source, { folder, nodeFolder }, onNote);
      return await readNodeEvents(folder, copied);
    } catch (error) {
      onNote(messageOf(error));
      return [];
    }
  }
}

/** Where the finding's evidence lies. */
function nodeOf({ evidence }: Finding): string | null {
  const nodes = evidence.map(({ file }) => (file === null ? null : nodeOfFile(file)));
  return nodes.find((node) => node !== null) ?? null;
}

/** Resolves when the time is up, the verdict decided, the user impatient, or, then with a Problem, the run broken. */
async function untilEnd(
  broken: Promise<never>,
  verdict: () => Verdict,
  durationMs: number,
  signal: AbortSignal,
): Promise<Problem | null> {
  const over = new AbortController();
  const looking = setInterval(() => {
    if (verdict().outcome !== 'inconclusive') over.abort();
  }, decideEveryMs);
  try {
    await Promise.race([pause(durationMs, AbortSignal.any([signal, over.signal])), broken]);
    return null;
  } catch (error) {
    return error instanceof Problem ? error : new Problem('fault', messageOf(error), { cause: error });
  } finally {
    clearInterval(looking);
    over.abort();
  }
}
