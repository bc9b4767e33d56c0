// One run of a scenario, inside the private world: build, watch, probe, stop, and make the record of it.
import { causeModels } from '../causes/index.ts';
import { runActors } from '../lab/actors/run-actors.ts';
import { applyPlan } from '../lab/world/apply.ts';
import { findScenario } from '../lab/scenarios/index.ts';
import { runFaults } from '../lab/faults/run-faults.ts';
import { findWorkload } from '../lab/workloads/foreign/index.ts';
import { runForeign } from '../lab/workloads/foreign/run-foreign.ts';
import { startProxies } from '../lab/workloads/proxies.ts';
import { runPrograms } from '../lab/workloads/run-programs.ts';
import { startWatchers, watchedNodes } from '../lab/workloads/watchers.ts';
import { formatMicros, systemClock } from '../model/clock.ts';
import { missingLines, missingWitnesses } from '../model/missing-witness.ts';
import type { NodeEvent } from '../model/node-event.ts';
import type { ProbeEvent } from '../model/probe-event.ts';
import type { RunRecord, Verdict } from '../model/run-record.ts';
import { watchNode } from '../observe/watch-node.ts';
import { watchLog } from '../run-folder/layout.ts';
import { createLostBooks } from '../run-folder/lost-books.ts';
import { openRunFolder } from '../run-folder/open-for-writing.ts';
import { keepRunRecord } from '../run-folder/write-record.ts';
import { pause } from '../system/pause.ts';
import type { Tally } from '../verdict/tally.ts';
import { diagnoseDrawn, diagnoseWireDrawn } from './drawing/drawn-findings.ts';
import { expectationOf } from './conclude.ts';
import { withDecidingCommands } from './deciding-command.ts';
import { setupOf, type LabSettings } from './lab-settings.ts';
import { makeRecord, verdictOn, type RunHooks } from './make-record.ts';
import { seenByObservers } from './seen-by-observers.ts';
import { StopStack } from './stop-stack.ts';

export interface LabHooks extends RunHooks {
  /** Something cannot be written; called once. */
  onLost(sentence: string): void;
  /** Called when the record is made and the world still stands; the world goes when the promise resolves. */
  onRecord(record: RunRecord): Promise<void>;
}

/**
 * Runs the experiment and resolves when everything it started is gone. Output that cannot be written ends nothing. Rejects with a `fault` when a step of the plan, an actor,
 * an observer or one of our own programs fails; what was recorded until then stays in the folder.
 */
export async function runInLab(
  settings: LabSettings,
  /** Counts what the clients report; it may be read at any time. */
  tally: Tally,
  /** The words that start this program: Node and its script. */
  self: readonly string[],
  hooks: LabHooks,
): Promise<RunRecord> {
  const { choice, folder, seed, speed, episodeWindowMs } = settings;
  const { signal } = hooks;
  const scenario = findScenario(settings.scenario);
  const setup = setupOf(settings);
  const workload = settings.workload === null ? null : findWorkload(settings.workload);
  const probes: ProbeEvent[] = [];
  const nodes: NodeEvent[] = [];
  const books = createLostBooks(folder, (sentence) => hooks.onLost(sentence));
  const files = await openRunFolder(folder, 'lab', books);
  const record = (event: ProbeEvent, line: string) => {
    files.event(line);
    probes.push(event);
    if (event.role === 'client') tally.add(event);
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
        const options = { podAddresses, processesAreOurs: true, books };
        return watchNode(node.name, folder, (event) => nodes.push(event), options);
      }),
    );
    for (const line of missingLines(missingWitnesses(nodes))) hooks.onStage(line);
    const stopWatches = running.onStop(async () => {
      await Promise.all(watches.map((watch) => watch.stop()));
    });

    const programsSpec = {
      ...{ ...settings, self, servers: setup.servers, clients: setup.clients },
      log: (name: string) => files.log(name),
    };
    const programs =
      workload === null ? runPrograms(programsSpec, record) : runForeign({ ...programsSpec, workload });
    const serverNames = setup.servers.map((server) => server.name);
    running.onStop(() => programs.stop(serverNames));
    await Promise.all(serverNames.map((name) => programs.start(name)));

    const proxies = await startProxies(setup, programsSpec.log);
    running.onStop(() => proxies.stop());

    const watchers = settings.watch
      ? await startWatchers({
          ...{ nodes: watchedNodes(setup.topology), self },
          logOf: (node) => files.log(watchLog(node)),
        })
      : null;
    const stopWatchers = running.onStop(async () => watchers?.stop());

    const actors = runActors(setup.actors, speed, seed);
    const stopActors = running.onStop(() => actors.stop());
    const startedAt = systemClock().now();
    const clientNames = setup.clients.map((client) => client.name);
    const stopClients = running.onStop(() => programs.stop(clientNames));
    // On a busy machine they need a while; a fault that comes before them would hit nobody, or their first attempts.
    await Promise.all(clientNames.map((name) => programs.start(name)));
    const faults = runFaults(setup.faults, {
      ...{ speed, seed, programs },
      onAction: (text) => files.fault(`${formatMicros(systemClock().now())} ${text}`),
    });
    const stopFaults = running.onStop(() => faults.stop());

    hooks.onStage(`running ${setup.clients.length} classes of ${settings.connections} connections`);
    hooks.onStarted();
    const failures = [
      programs,
      proxies,
      ...watches,
      actors,
      faults,
      ...(watchers === null ? [] : [watchers]),
    ].map((part) => part.failed);
    // A timer that nobody waits for any more would keep the process alive.
    const over = new AbortController();
    const time = pause(settings.durationMs, AbortSignal.any([signal, over.signal]));
    await Promise.race([time, ...failures]).finally(() => over.abort());
    const complete = !signal.aborted;

    hooks.onStage('stopping the clients and reading what is left');
    await stopFaults();
    if (workload !== null) {
      // Programs that are not ours are killed, and how they then end is no part of the run. They go on until the observers have
      // ended, not all at the same moment: what the agents still did to them would be seen by some and not by others.
      await stopActors();
      await Promise.all([stopWatches(), stopWatchers()]);
    }
    await stopClients();
    await Promise.all([stopWatches(), stopWatchers()]);
    const endedAt = systemClock().now();
    const summaries = tally.summaries(endedAt);
    const maxRatePerHour = scenario.defaults.maxRatePerHour * speed;
    const found =
      workload === null
        ? diagnoseDrawn({ probes, nodes }, causeModels)
        : diagnoseWireDrawn(nodes, causeModels);
    const verdict =
      workload === null
        ? verdictOn(tally, { episodeWindowMs, maxRatePerHour }, endedAt)
        : withoutProbes(workload.name);
    const cause = workload === null ? undefined : settings.expectedCause;
    const made = makeRecord({
      ...{ kind: 'lab', scenario: scenario.name, factors: { ...choice.factors }, seed, speed },
      ...{ variant: choice.variant, fix: choice.fix },
      ...{ startedAt, endedAt, complete },
      ...(workload === null ? {} : { workload: workload.name }),
      ...(settings.server === 'pod' ? {} : { server: settings.server }),
      ...(settings.dataplane === 'iptables' ? {} : { dataplane: settings.dataplane }),
      ...(settings.access === 'clusterip' ? {} : { access: settings.access }),
      ...(settings.family === 'ipv4' ? {} : { family: settings.family }),
      classes: setup.clients.flatMap(({ name }) => summaries.find((one) => one.name === name) ?? []),
      verdict,
      findings: withDecidingCommands(found),
      ...expectationOf(
        { complete, verdict, findings: found },
        { outcome: settings.expected, cause },
        signal.aborted,
      ),
      ...seenByObservers(nodes, [], []),
    });
    files.flush();
    const result = await keepRunRecord(folder, made, books);
    await hooks.onRecord(result);
    return result;
  } finally {
    await running.stop();
    files.close();
  }
}

function withoutProbes(workload: string): Verdict {
  const sentence = `No probes ran, so nothing was compared: the connections were those of ${workload}, and what is said of them is the diagnosis.`;
  return { outcome: 'inconclusive', confidence: 0, sentence };
}
