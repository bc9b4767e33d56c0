// The mesh's programs as the lab runs them: each node's server and agent in their pods, the coordinator on the control plane.
import { setTimeout as sleep } from 'node:timers/promises';
import { formatDuration } from '../../model/duration.ts';
import { messageOf, Problem } from '../../model/problem.ts';
import { startProgram, type Program } from '../../system/process.ts';
import { programLog, type LineLog } from '../../system/program-log.ts';
import { inNetns } from '../../system/tools/ip-netns.ts';
import { controlAddress, meshPorts, type MeshTopology } from '../topologies/mesh.ts';

export interface PartsSpec {
  readonly topology: MeshTopology;
  /** The words that start this program: Node and its script. */
  readonly self: readonly string[];
  /** The log of the part of that name. */
  readonly log: (name: string) => LineLog;
  readonly namespace: string;
  readonly service: string;
  readonly periodMs: number;
  readonly timeoutMs: number;
  readonly holdMs: number;
  readonly targets: number;
}

export interface Parts {
  /** Rejects when one ends that nobody told to. */
  readonly failed: Promise<never>;
  /** Resolves when every part is ready; `onReady` hears how many are. Throws a `fault` when one is not within a minute. */
  ready(onReady: (ready: number, of: number) => void): Promise<void>;
  /** Ends these at once, as a node's end does. */
  kill(names: readonly string[]): Promise<void>;
  stop(): Promise<void>;
}

/** So many start at a time: all at once they would starve each other. */
const together = 8;
const patienceMs = 60_000;

interface Part {
  readonly name: string;
  /** Null for the control plane, which is the world's own namespace. */
  readonly pod: string | null;
  readonly words: readonly string[];
  readonly ready: string;
}

export function startParts(spec: PartsSpec): Parts {
  const running = new Map<string, Program>();
  const { promise: failed, reject } = Promise.withResolvers<never>();
  failed.catch(() => undefined);

  function start({ name, pod, words }: Part): void {
    const log = programLog(spec.log(name));
    const program = startProgram(inNetns(pod, [...spec.self, ...words]), {
      onStderr: (chunk) => log.take(chunk),
    });
    running.set(name, program);
    program.exited.then(
      ({ exitCode, signal }) => {
        log.end();
        if (running.get(name) !== program) return;
        const how = signal === null ? `exit code ${String(exitCode)}` : `signal ${signal}`;
        reject(
          new Problem('fault', `${name} ended with ${how}: ${program.lastWords() || '(it said nothing)'}`),
        );
      },
      (error: unknown) => reject(error as Error),
    );
  }

  async function untilReady({ name, ready }: Part): Promise<void> {
    const end = performance.now() + patienceMs;
    let last = 'it did not answer';
    while (performance.now() < end) {
      try {
        const response = await fetch(ready, { signal: AbortSignal.timeout(2_000) });
        const text = await response.text();
        if (response.ok) return;
        last = text.trim();
      } catch (error) {
        last = messageOf(error);
      }
      await sleep(100);
    }
    throw new Problem('fault', `${name} was not ready within a minute: ${last}.`);
  }

  return {
    failed,
    async ready(onReady) {
      const kinds = partsOf(spec);
      const all = kinds.flat().length;
      let count = 0;
      for (const waiting of kinds) {
        const lane = async () => {
          for (let part = waiting.shift(); part !== undefined; part = waiting.shift()) {
            start(part);
            await untilReady(part);
            onReady((count += 1), all);
          }
        };
        await Promise.race([failed, Promise.all(Array.from({ length: together }, lane))]);
      }
    },
    async kill(names) {
      const ending = names.flatMap((name) => running.get(name) ?? []);
      for (const name of names) running.delete(name);
      await Promise.all(ending.map((program) => program.stop('SIGKILL')));
    },
    async stop() {
      const ending = [...running.values()];
      running.clear();
      await Promise.all(ending.map((program) => program.stop('SIGTERM', 5_000)));
    },
  };
}

/** By kind, in the order in which they start: agents last, since they need the others. */
function partsOf(spec: PartsSpec): Part[][] {
  const { topology, namespace, service } = spec;
  const { members } = topology;
  const apiUrl = `http://${controlAddress}:${meshPorts.api}`;
  const coordinator = `http://${controlAddress}:${meshPorts.coordinator}`;
  const brain: Part = {
    name: 'coordinator',
    pod: null,
    words: [
      ...['mesh', 'coordinator', '--api-server', apiUrl, '--namespace', namespace],
      ...['--service', service, '--targets', String(spec.targets), '--no-agent-authentication'],
      ...['--service-address', topology.service.clusterIp],
      ...['--local-address', topology.localService.clusterIp],
      ...['--service-port', String(topology.service.port), '--listen', `:${meshPorts.coordinator}`],
    ],
    ready: `${coordinator}/readyz`,
  };
  const servers = members.map(({ node, server }) => ({
    name: server.name,
    pod: server.name,
    words: ['mesh', 'server', '--node', node.name, '--port', String(meshPorts.probes)],
    ready: `http://${server.address}:${meshPorts.metrics}/readyz`,
  }));
  const agents = members.map(({ node, agent }) => ({
    name: agent.name,
    pod: agent.name,
    words: [
      ...['mesh', 'agent', '--node', node.name, '--coordinator', coordinator, '--pair-series'],
      ...['--period', formatDuration(spec.periodMs), '--timeout', formatDuration(spec.timeoutMs)],
      ...['--hold', formatDuration(spec.holdMs)],
    ],
    ready: `http://${agent.address}:${meshPorts.metrics}/readyz`,
  }));
  return [[brain], servers, agents];
}
