// One run of a scenario, inside the private world: build, watch, probe, stop, and make the record of it.
import { causeModels } from '../causes/models.ts';
import { diagnose } from '../diagnose/diagnose.ts';
import { runAgents } from '../lab/actors/run-actors.ts';
import { applyPlan } from '../lab/world/apply.ts';
import { runFaults } from '../lab/faults/run-faults.ts';
import { runPrograms } from '../lab/workloads/run-programs.ts';
import { formatMicros, systemClock } from '../model/clock.ts';
import type { NodeEvent } from '../model/node-event.ts';
import type { ProbeEvent } from '../model/probe-event.ts';
import type { RunRecord } from '../model/run-record.ts';
import type { Choice, Scenario } from '../model/scenario.ts';
import { watchNode } from '../observe/watch-node.ts';
import { evidenceFile } from '../run-folder/layout.ts';
import { openRunFolder } from '../run-folder/open-for-writing.ts';
import { writeRunRecord } from '../run-folder/write-record.ts';
import { decide } from '../verdict/decide.ts';
import type { Tally } from '../verdict/tally.ts';
import { StopStack } from './stop-stack.ts';

export interface ExperimentSpec {
  readonly scenario: Scenario;
  readonly choice: Choice;
  readonly seed: number;
  readonly speed: number;
  readonly connections: number;
  /** The clients' period as they run it, after `speed`. */
  readonly periodMs: number;
  /** Resets of one class no further apart than this have one trigger. */
  readonly episodeWindowMs: number;
  readonly durationMs: number;
  /** The run's folder; exists and is empty. */
  readonly folder: string;
  /** Counts what the clients report; it may be read at any time. */
  readonly tally: Tally;
  /** The words that start this program: Node and its script. */
  readonly self: readonly string[];
}

export interface ExperimentHooks {
  /** A new stage, in words. */
  onStage(text: string): void;
  /** The clients have been started. */
  onStarted(): void;
  /** Called when the record is made and the world still stands; the world goes when the promise resolves. */
  onRecord(record: RunRecord): Promise<void>;
  /** Ends the run early when aborted. */
  readonly signal: AbortSignal;
}

/**
 * Runs the experiment and resolves when everything it started is gone. Rejects with a `fault` when a step of the plan, an agent,
 * an observer or one of our own programs fails; what was recorded until then stays in the folder.
 */
export async function runExperiment(spec: ExperimentSpec, hooks: ExperimentHooks): Promise<RunRecord> {
  const setup = spec.scenario.setup(spec.choice);
  const { folder } = spec;
  const { signal } = hooks;
  const probes: ProbeEvent[] = [];
  const nodes: NodeEvent[] = [];
  const files = await openRunFolder(folder, 'lab');
  const record = (event: ProbeEvent, line: string) => {
    files.event(line);
    probes.push(event);
    if (event.role === 'client') spec.tally.add(event);
  };

  const running = new StopStack();
  try {
    hooks.onStage(`building the world: ${setup.plan.length} steps`);
    await applyPlan(setup.plan);
    // Nothing undoes the plan after this: its namespaces end with the first process of the private world.

    hooks.onStage('starting observers, server and clients');
    const watches = await Promise.all(
      setup.topology.nodes.map((node) => {
        const pods = setup.topology.pods.filter((pod) => pod.node === node.name);
        // All pods of the world can be seen from here; a node's observers see its own.
        const podAddresses = pods.map((pod) => pod.address);
        return watchNode(node.name, folder, (event) => nodes.push(event), { podAddresses });
      }),
    );
    const stopWatches = running.onStop(async () => {
      await Promise.all(watches.map((watch) => watch.stop()));
    });

    const programs = runPrograms(
      {
        ...{ ...spec, servers: setup.servers, clients: setup.clients },
        logFile: (name) => evidenceFile(folder, `${name}.log`),
      },
      record,
    );
    const serverNames = setup.servers.map((server) => server.name);
    running.onStop(() => programs.stop(serverNames));
    await Promise.all(serverNames.map((name) => programs.start(name)));

    const agents = runAgents(setup.agents, spec.speed, spec.seed);
    running.onStop(() => agents.stop());
    const startedAt = systemClock().now();
    const clientNames = setup.clients.map((client) => client.name);
    const stopClients = running.onStop(() => programs.stop(clientNames));
    // On a busy machine they need a while; a fault that comes before them would hit nobody, or their first attempts.
    await Promise.all(clientNames.map((name) => programs.start(name)));
    const faults = runFaults(setup.faults, {
      ...{ speed: spec.speed, seed: spec.seed, programs },
      onAction: (text) => files.fault(`${formatMicros(systemClock().now())} ${text}`),
    });
    const stopFaults = running.onStop(() => faults.stop());

    hooks.onStage(`running ${setup.clients.length} classes of ${spec.connections} connections`);
    hooks.onStarted();
    const failures = [programs, ...watches, agents, faults].map((part) => part.failed);
    const timeUp = countDown(spec.durationMs, signal);
    await Promise.race([timeUp.done, ...failures]).finally(timeUp.cancel);
    const complete = !signal.aborted;

    hooks.onStage('stopping the clients and reading what is left');
    await stopFaults();
    await stopClients();
    await stopWatches();
    const endedAt = systemClock().now();
    const summaries = new Map(spec.tally.summaries(endedAt).map((summary) => [summary.name, summary]));
    const result: RunRecord = {
      schemaVersion: 1,
      kind: 'lab',
      scenario: spec.scenario.name,
      factors: { ...spec.choice.factors },
      variant: spec.choice.variant,
      fix: spec.choice.fix,
      seed: spec.seed,
      speed: spec.speed,
      startedAt: formatMicros(startedAt),
      durationSeconds: Math.round((endedAt - startedAt) / 1e5) / 10,
      complete,
      classes: setup.clients.flatMap((client) => summaries.get(client.name) ?? []),
      verdict: decide({
        coLocated: spec.tally.history('co-located', endedAt),
        remote: spec.tally.history('remote', endedAt),
        episodeWindowMs: spec.episodeWindowMs,
        maxRatePerHour: spec.scenario.defaults.maxRatePerHour * spec.speed,
      }),
      findings: diagnose({ probes, nodes }, causeModels),
    };
    await writeRunRecord(folder, result);
    await hooks.onRecord(result);
    return result;
  } finally {
    await running.stop();
    await files.close();
  }
}

interface CountDown {
  /** Resolves when the time is up or the signal aborts. */
  readonly done: Promise<undefined>;
  /** A timer that nobody waits for any more would keep the process alive. */
  readonly cancel: () => void;
}

function countDown(milliseconds: number, signal: AbortSignal): CountDown {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => resolve(undefined), milliseconds);
  if (signal.aborted) resolve(undefined);
  signal.addEventListener('abort', () => resolve(undefined), { once: true });
  return { done: promise, cancel: () => clearTimeout(timer) };
}
