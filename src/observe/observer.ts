// One outside tool that watches one node: its raw output goes to a file, what was parsed from it to the node's events.
import { createWriteStream } from 'node:fs';
import type { WriteStream } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import type { NodeEvent } from '../model/node-event.ts';
import { Problem } from '../model/problem.ts';
import { netlinkSocketsOf, socketInodesOf } from '../system/netlink-sockets.ts';
import type { NetlinkSocket } from '../system/netlink-sockets.ts';
import { startProgram } from '../system/process.ts';
import type { Program } from '../system/process.ts';
import type { LineOrigin } from './ip-monitor.ts';
import { splitLines } from '../system/split-lines.ts';

export interface ObserverSpec {
  readonly node: string;
  readonly source: NodeEvent['source'];
  readonly argv: readonly string[];
  readonly parse: (line: string, origin: LineOrigin) => NodeEvent | undefined;
}

/** What a source says of itself. */
export interface SourceStatus {
  readonly node: string;
  readonly source: string;
  readonly lines: number;
  /** Messages that the kernel could not deliver to the tool; null when that could not be read. */
  readonly lost: number | null;
}

export interface Observer {
  /** Rejects when the tool ends before it is stopped. */
  readonly failed: Promise<never>;
  /** Waits until the tool has read what the kernel has for it, ends it and closes its file. */
  stop(): Promise<SourceStatus>;
}

/**
 * Starts the tool and resolves once the kernel lists its subscription, so that nothing that happens afterwards is missed.
 * `folder` is the run's folder; raw lines go to evidence/NODE/SOURCE.log in it. Throws a `fault` when the tool dies at once.
 */
export async function startObserver(
  spec: ObserverSpec,
  folder: string,
  onEvent: (event: NodeEvent) => void,
): Promise<Observer> {
  const origin = { node: spec.node, file: `evidence/${spec.node}/${spec.source}.log` };
  const raw = createWriteStream(join(folder, origin.file));
  let lines = 0;
  const program = startProgram(spec.argv, {
    onStdout: splitLines((line) => {
      lines += 1;
      raw.write(`${line}\n`);
      const event = spec.parse(line, origin);
      if (event !== undefined) onEvent(event);
    }),
  });
  let stopping = false;
  const failed = program.exited.then(() => {
    if (stopping) return new Promise<never>(() => undefined);
    throw new Problem('fault', `the observer "${spec.argv.join(' ')}" ended: ${program.lastWords()}`);
  });
  failed.catch(() => undefined);
  await Promise.race([subscribed(program), failed]);
  return {
    failed,
    async stop() {
      const lost = (await drained(program))?.drops ?? null;
      stopping = true;
      await program.stop();
      await closeFile(raw);
      return { node: spec.node, source: spec.source, lines, lost };
    },
  };
}

/** Waits until the program has a netlink socket that listens to a group. */
async function subscribed(program: Program): Promise<void> {
  await waitFor(
    async () => (await listeningSocket(program.pid)) !== undefined,
    5_000,
    () => {
      return `"${program.argv.join(' ')}" did not start to listen: ${program.lastWords()}`;
    },
  );
}

/** Waits, for a second at most, until the kernel holds nothing more for the program. */
async function drained(program: Program): Promise<NetlinkSocket | undefined> {
  let socket = await listeningSocket(program.pid);
  const deadline = performance.now() + 1_000;
  while (socket !== undefined && socket.queued > 0 && performance.now() < deadline) {
    await shortPause();
    socket = await listeningSocket(program.pid);
  }
  return socket;
}

async function listeningSocket(pid: number): Promise<NetlinkSocket | undefined> {
  const inodes = await socketInodesOf(pid);
  const sockets = await netlinkSocketsOf(pid);
  return sockets.find((socket) => socket.groups !== 0 && inodes.has(socket.inode));
}

async function waitFor(
  condition: () => Promise<boolean>,
  timeoutMs: number,
  otherwise: () => string,
): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Problem('fault', otherwise());
    await shortPause();
  }
}

const shortPause = () => new Promise((resolve) => setTimeout(resolve, 5));

async function closeFile(stream: WriteStream): Promise<void> {
  stream.end();
  await once(stream, 'close');
}
