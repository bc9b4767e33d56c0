// `netdebug observe --serve`: the observer of a watched cluster. What it sees it holds in memory, for whoever asks by its socket, and
// it ends when nobody has asked for a while.
import { randomUUID } from 'node:crypto';
import { missingSentence, missingWitnesses } from '../../model/missing-witness.ts';
import { systemClock } from '../../model/clock.ts';
import type { NodeEvent } from '../../model/node-event.ts';
import { observingLine } from '../../model/source-line.ts';
import { serveFollowers } from '../../observe/serving/serve-followers.ts';
import { watchNode } from '../../observe/watch-node.ts';
import { catchInterruption } from '../interruption.ts';
import { readVersion } from '../own-version.ts';

export interface ServeOptions {
  /** Of the unix socket. */
  readonly path: string;
  readonly node: string;
  readonly unaskedMs: number;
  /** With their data packets, too. */
  readonly ports: readonly number[];
  readonly without: readonly string[];
  readonly only: readonly string[];
  readonly pace: { readonly periodMs: number; readonly share: number };
}

/** A follower that comes back within this has missed nothing. */
const keepMs = 300_000;

/** Resolves when it is no longer wanted, or interrupted. Throws a `missing` Problem when nothing can be observed. */
export async function serve(options: ServeOptions): Promise<void> {
  const { path, node, ports } = options;
  const clock = systemClock();
  const interruption = catchInterruption();
  const followers = await serveFollowers({
    ...{ path, node, unaskedMs: options.unaskedMs, keepMs, clock },
    ...{ version: readVersion(), run: randomUUID() },
  });
  const said: NodeEvent[] = [];
  try {
    const watch = await watchNode(
      node,
      null,
      (event) => {
        if (event.event === 'source') said.push(event);
        followers.take(event);
      },
      {
        ...{ netns: null, clock, pace: options.pace, without: options.without, only: options.only },
        // As a live watch has it: ends are wanted at once.
        capture: { packets: 'flags', ports, immediate: ports.length === 0, data: 'ring' },
        onRead: (witness, until) => followers.read(witness, until),
      },
    );
    followers.begun();
    for (const one of missingWitnesses(said)) process.stderr.write(`Attention: ${missingSentence(one)}\n`);
    process.stderr.write(`${observingLine(node, path)}\n`);
    const interrupted = new Promise<void>((resolve) =>
      interruption.signal.addEventListener('abort', () => resolve(), { once: true }),
    );
    try {
      await Promise.race([followers.unasked, interrupted, watch.failed]);
    } finally {
      await watch.stop();
    }
  } finally {
    await followers.stop();
    interruption.off();
  }
}
