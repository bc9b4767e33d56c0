// `netdebug watch` on each node of the world, as a process of its own: what somebody on that node would have been told, and no more.
import type { Topology } from '../../model/topology.ts';
import { Problem } from '../../model/problem.ts';
import { startProgram, type Program } from '../../system/process.ts';
import type { LineLog } from '../../system/program-log.ts';
import { splitLines } from '../../system/split-lines.ts';
import { inNamedNetwork } from '../../system/tools/nsenter.ts';
import { outputLog } from './output-log.ts';

export interface WatchersSpec {
  readonly nodes: readonly WatchedNode[];
  /** The words that start this program: Node and its script. */
  readonly self: readonly string[];
  /** Takes all that the watcher of that node prints: a loss a line, as JSON, between what it says to people. */
  readonly logOf: (node: string) => LineLog;
}

export interface WatchedNode {
  /** Its name, which is also that of its network namespace. */
  readonly name: string;
  /** The addresses of its pods: all pods of the world are in one /proc, and a real node's shows its own. */
  readonly pods: readonly string[];
}

export interface Watchers {
  /** Rejects when one ends that nobody told to; never resolves. */
  readonly failed: Promise<never>;
  /** Asks them for their last judgement, and resolves when they are gone. Throws a `fault` when one has not given it. */
  stop(): Promise<void>;
}

const longestWaitMs = 120_000;
/**
 * Rules are listed a last time, what is left is judged, and a tracing instance is taken away: a second or two; on a machine with
 * ten times as much to do as it can, 14 seconds were seen, of which 13 went into the programs that list rules.
 */
const graceMs = 60_000;

const watcherWords = ({ name, pods }: WatchedNode): string[] => [
  'watch',
  '-o',
  'json',
  '--node',
  name,
  ...(pods.length === 0 ? [] : ['--pods-at', pods.join(',')]),
  '--without',
  'names',
];

/** The words that start one there. `ip netns exec` would hide tracefs from it. */
export const watcherArgv = (node: WatchedNode, self: readonly string[]): string[] =>
  inNamedNetwork(node.name, [...self, ...watcherWords(node)]);

/** What belongs to each node of a world. */
export const watchedNodes = ({ nodes, pods }: Pick<Topology, 'nodes' | 'pods'>): WatchedNode[] =>
  nodes.map(({ name }) => ({
    name,
    pods: pods.filter(({ node }) => node === name).map(({ address }) => address),
  }));

/** Resolves when all of them watch. Throws a `fault` when one cannot. */
export async function startWatchers({ nodes, self, logOf }: WatchersSpec): Promise<Watchers> {
  const { promise: failed, reject: fail } = Promise.withResolvers<never>();
  failed.catch(() => undefined);
  const state = { ending: false };
  const all = nodes.map((node) => {
    const { promise: ready, resolve: begun } = Promise.withResolvers<undefined>();
    const { name } = node;
    const log = outputLog(logOf(name));
    const look = splitLines((line) => {
      if (saysWatching(line)) begun(undefined);
    });
    const program = startProgram(watcherArgv(node, self), {
      onStdout: (chunk) => log.onStdout(chunk),
      onStderr(chunk) {
        log.onStderr(chunk);
        look(chunk);
      },
    });
    const ended = () => {
      log.end();
      if (!state.ending)
        fail(
          new Problem('fault', `the watcher of ${name} ended: ${program.lastWords() || '(it said nothing)'}`),
        );
    };
    program.exited.then(ended, ended);
    return { name, program, ready };
  });
  const stop = async () => {
    state.ending = true;
    const ends = await Promise.allSettled(all.map(({ name, program }) => endWatcher(name, program)));
    for (const one of ends) if (one.status === 'rejected') throw one.reason;
  };
  const late = AbortSignal.timeout(longestWaitMs);
  const tooLate = new Promise<never>((_, reject) => {
    late.addEventListener('abort', () => reject(new Problem('fault', 'the watchers do not begin.')));
  });
  try {
    await Promise.race([failed, tooLate, Promise.all(all.map(({ ready }) => ready))]);
  } catch (error) {
    await stop().catch(() => undefined);
    throw error;
  }
  return { failed, stop };
}

/** Throws a `fault` when it had to be killed, or failed: what it printed is cut off then, and would be taken for all that it had to say. */
export async function endWatcher(
  name: string,
  program: Pick<Program, 'stop' | 'lastWords'>,
  withinMs = graceMs,
): Promise<void> {
  const { exitCode, signal } = await program.stop('SIGTERM', withinMs);
  if (exitCode === 0) return;
  const how =
    signal === 'SIGKILL' ? `did not end within ${withinMs / 1_000} s` : `ended with ${signal ?? exitCode}`;
  throw new Problem('fault', `the watcher of ${name} ${how}: ${program.lastWords() || '(it said nothing)'}`);
}

/** The first thing that it says, as soon as it listens. */
const saysWatching = (line: string): boolean => line.startsWith('watching ');
