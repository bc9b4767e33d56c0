// One run on a cluster: put the experiment there, follow it until it is decided, make the record, and take everything away again.
import { collectEvidence } from '../cluster/collect-evidence.ts';
import { deployExperiment, deployObservers } from '../cluster/deploy.ts';
import { observerNamespace } from '../cluster/observer-objects.ts';
import { observerWitnesses } from '../cluster/observer-witnesses.ts';
import { watchRun } from '../cluster/watch-run.ts';
import { causeModels } from '../causes/index.ts';
import { diagnose } from '../diagnose/diagnose.ts';
import { formatMicros, type Clock } from '../model/clock.ts';
import { missingSentence } from '../model/missing-witness.ts';
import { messageOf, Problem } from '../model/problem.ts';
import type { ProbeEvent } from '../model/probe-event.ts';
import type { RunRecord, Verdict } from '../model/run-record.ts';
import { pause } from '../system/pause.ts';
import type { Kubectl } from '../system/tools/kubectl.ts';
import type { Tally } from '../verdict/tally.ts';
import { evidenceFile, nodeFolder } from '../run-folder/layout.ts';
import type { Expectation } from './conclude.ts';
import { seenByObservers } from './seen-by-observers.ts';
import { makeRecord, verdictOn, type RunHooks, type VerdictLimits } from './make-record.ts';
import type { RunFolder } from '../run-folder/open-for-writing.ts';
import { readNodeEvents } from '../run-folder/saved-run.ts';
import { writeRunRecord } from '../run-folder/write-record.ts';

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
  readonly expected: Expectation;
  /** Absolute; new or empty. */
  readonly folder: string;
}

export interface ClusterHooks extends RunHooks {
  /** Something that the user wants to know while it runs. */
  onNote(text: string): void;
}

export interface ClusterEnd {
  readonly record: RunRecord;
  /** Why the run broke off before its time; null when it did not. */
  readonly problem: Problem | null;
}

const decideEveryMs = 1_000;

/**
 * Runs the experiment. Throws a Problem when it cannot be put into the cluster; once clients run there is always a record, of
 * what there was until then. What it created stays: the caller removes it, whatever happens here.
 */
export async function runOnCluster(
  kubectl: Kubectl,
  settings: ClusterSettings,
  surroundings: { readonly clock: Clock; readonly tally: Tally; readonly files: RunFolder },
  hooks: ClusterHooks,
): Promise<ClusterEnd> {
  const { clock, tally, files } = surroundings;
  const { runId, periodMs, folder, observerImage } = settings;
  const deployOptions = {
    keptAs: (name: string) => evidenceFile(folder, name),
    rolloutTimeoutMs: settings.rolloutTimeoutMs,
    onStage: (text: string) => hooks.onStage(text),
    signal: hooks.signal,
  };
  const clients = { connections: settings.connections, periodMs };
  const shape = { runId, image: settings.image, clients, events: true, podIp: settings.podIp };
  const { placement } = await deployExperiment(kubectl, shape, deployOptions);
  const nodes = [placement.serverNode, placement.remoteNode];
  const observers =
    observerImage === null
      ? []
      : await deployObservers(kubectl, { runId, image: observerImage, nodes }, deployOptions);

  const note = (text: string) => {
    files.note({ at: formatMicros(clock.now()), text });
    hooks.onNote(text);
  };
  const witnesses = await observerWitnesses(kubectl, {
    namespace: observerNamespace({ runId }),
    observers,
  });
  for (const missing of witnesses.missing) note(missingSentence(missing));
  for (const { node, text } of witnesses.dataplanes) note(`${node}, by its rules: ${text}`);

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
      onNote: note,
    },
  );
  hooks.onStarted();
  // By the events' own time: nodes need not agree with this machine about what time it is.
  const verdict = () => verdictOn(tally, settings);
  const problem = await untilEnd(watch.broken, verdict, settings.durationMs, hooks.signal);

  hooks.onStage('reading what is left of the logs');
  await watch.stop();
  const endedAt = clock.now();
  const seen = hooks.signal.aborted ? [] : await evidenceOf(observers);
  const record = makeRecord({
    ...{ kind: 'cluster', scenario: null, factors: {}, fix: null, seed: null, speed: 1 },
    ...{ startedAt, endedAt, complete: problem === null && !hooks.signal.aborted },
    classes: tally.summaries(),
    verdict: verdict(),
    findings: diagnose({ probes, nodes: seen }, causeModels),
    ...seenByObservers(
      seen,
      witnesses.missing,
      observers.flatMap(({ node }) => node ?? []),
    ),
  });
  await writeRunRecord(folder, record);
  return { record, problem };

  async function evidenceOf(pods: typeof observers) {
    if (pods.length === 0) return [];
    hooks.onStage('copying the evidence of the nodes');
    const source = { namespace: observerNamespace({ runId }), observers: pods };
    const copied = await collectEvidence(kubectl, source, { folder, nodeFolder }, note).catch(
      (error: unknown) => {
        note(messageOf(error));
        return [];
      },
    );
    return await readNodeEvents(folder, copied);
  }
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
