// The mesh in the lab from the first namespace to the last count: world, API, parts, the fight on some nodes, the loss of one.
import { writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { attachNetns } from '../../system/tools/ip-netns.ts';
import { runActors } from '../actors/run-actors.ts';
import { applyChanges, applyPlan } from '../world/apply.ts';
import { unplug } from '../world/wires.ts';
import { control, meshPorts, type MeshMember, type MeshTopology } from '../topologies/mesh.ts';
import { startClusterApi, type ClusterApi } from './cluster-api.ts';
import { nodeObject, sliceObject } from './cluster-objects.ts';
import { countsOf, type NodeCounts } from './counts.ts';
import { startParts, type PartsSpec } from './parts.ts';
import { prometheusConfig } from './prometheus-config.ts';
import { meshActors, worldPlan } from './world.ts';

/** As plain data, for the inside of the world; times in milliseconds. */
export interface MeshSettings {
  readonly nodes: number;
  readonly podsPerNode: number;
  readonly conflict: readonly string[];
  /** Nodes that go away after a third of the time, without a word. */
  readonly lose: readonly string[];
  readonly durationMs: number;
  readonly periodMs: number;
  /** Divides the periods of netd and Felix. */
  readonly speed: number;
  readonly targets: number;
  readonly seed: number;
  /** Files of recording rules and alerts for Prometheus. */
  readonly rules: readonly string[];
  /** The run's folder; null when the world is only built. */
  readonly folder: string | null;
}

export interface MeshRun extends Pick<
  MeshSettings,
  'durationMs' | 'speed' | 'periodMs' | 'targets' | 'seed' | 'rules'
> {
  readonly topology: MeshTopology;
  readonly conflict: ReadonlySet<string>;
  readonly lost: ReadonlySet<string>;
  readonly files: MeshFiles;
  /** The words that start this program: Node and its script. */
  readonly self: readonly string[];
}

/** Where what the parts are told, and what they say, is kept: paths of files. */
type MeshFiles = Pick<PartsSpec, 'log'> & { readonly prometheusConfig: string };

export interface MeshHooks {
  onStage(text: string): void;
  /** The counts so far. */
  onCounts(counts: readonly NodeCounts[]): void;
  readonly signal: AbortSignal;
}

const namespace = 'netdebug-mesh';
const service = 'netdebug-mesh-server';
/** A kubelet is given up after some 40 s; here it goes quicker, as everything does. */
const noticeMs = 3_000;
const timeoutMs = 2_000;
/** Failures wait for longer than a lost node is noticed, and than its connections time out. */
const holdMs = 8_000;
const countEveryMs = 5_000;

/** Builds the world inside the private one: the control plane is the world's own namespace. */
export async function buildMesh(topology: MeshTopology, conflict: ReadonlySet<string>): Promise<void> {
  await attachNetns(control, process.pid);
  await applyPlan(worldPlan(topology, conflict));
}

/** Runs it in a world that is built. Resolves with the last counts; rejects with a Problem when a part fails. */
export async function runMesh(run: MeshRun, hooks: MeshHooks): Promise<NodeCounts[]> {
  const { topology, files, signal } = { ...run, ...hooks };
  const { members } = topology;
  await writeFile(files.prometheusConfig, prometheusConfig(topology, run.rules, 1_000));
  const api = await startClusterApi(meshPorts.api);
  const down = new Set<string>();
  announce(api, members, down);

  const { periodMs, targets, self } = run;
  const parts = startParts({
    ...{ topology, self, ...files, namespace, service, targets },
    ...{ periodMs, timeoutMs, holdMs },
  });
  const stopped = new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
  try {
    await Promise.race([
      stopped,
      parts.ready((ready, of) => {
        if (ready % 10 === 0 || ready === of) hooks.onStage(`${ready} of ${of} programs are ready`);
      }),
    ]);
    const fight = runActors(meshActors(run.conflict), run.speed, run.seed);
    try {
      const course = watchCourse(run, hooks, down, async () => {
        await lose(run, api, down, (names) => parts.kill(names));
      });
      await Promise.race([stopped, parts.failed, fight.failed, course]);
    } finally {
      await fight.stop();
    }
    // What was held back last is to count, too.
    if (!signal.aborted) hooks.onStage('waiting until held failures have been judged');
    await Promise.race([stopped, sleep(holdMs + 1_000)]);
    return await countAll(topology, down);
  } finally {
    await parts.stop();
    await api.close();
  }
}

async function watchCourse(
  run: MeshRun,
  hooks: MeshHooks,
  down: ReadonlySet<string>,
  loseNodes: () => Promise<void>,
): Promise<void> {
  const startMs = performance.now();
  const passedMs = () => performance.now() - startMs;
  let losing = run.lost.size > 0;
  hooks.onStage(`${run.topology.members.length} nodes watch each other`);
  while (passedMs() < run.durationMs) {
    await sleep(Math.min(countEveryMs, run.durationMs - passedMs()));
    if (hooks.signal.aborted) return;
    if (losing && passedMs() >= run.durationMs / 3) {
      losing = false;
      hooks.onStage(`${[...run.lost].join(', ')} goes away`);
      await loseNodes();
    }
    hooks.onCounts(await countAll(run.topology, down));
  }
}

/** The node falls silent, and a while later the control plane says so. */
async function lose(
  { topology, lost }: MeshRun,
  api: ClusterApi,
  down: Set<string>,
  kill: (parts: readonly string[]) => Promise<void>,
): Promise<void> {
  const gone = topology.members.filter(({ node }) => lost.has(node.name));
  // The cable first: a program that dies on a connected node would still say goodbye.
  await applyChanges(gone.map(({ node }) => ({ do: 'delete-link', netns: node.name, dev: 'eth0' })));
  await applyChanges(gone.flatMap(({ server, agent }) => [unplug(server), unplug(agent)]));
  await kill(gone.flatMap(({ server, agent }) => [server.name, agent.name]));
  await sleep(noticeMs);
  for (const { node } of gone) down.add(node.name);
  announce(api, topology.members, down);
}

function announce(api: ClusterApi, members: readonly MeshMember[], down: ReadonlySet<string>): void {
  for (const member of members) {
    const { name } = member.node;
    api.put('nodes', name, nodeObject(member, down.has(name) ? 'not-ready' : 'ready'));
  }
  const slice = `${service}-1`;
  api.put('endpointslices', slice, sliceObject(slice, service, members, down));
}

/** @param down Nodes that are gone: there is nobody to ask. */
async function countAll({ members }: MeshTopology, down: ReadonlySet<string>): Promise<NodeCounts[]> {
  return Promise.all(
    members
      .filter(({ node }) => !down.has(node.name))
      .map(({ node, agent }) => countsOf(node.name, `${agent.address}:${meshPorts.metrics}`)),
  );
}
