// Starts one witness in the network namespace that we are in, and keeps what it tells.
import { systemClock } from '../../src/model/clock.ts';
import type { LineEvent } from '../../src/model/node-event.ts';
import { createPodNames } from '../../src/observe/names/pod-names.ts';
import { createPodFinder } from '../../src/observe/pod-namespaces.ts';
import type { RunningWitness, Witness, WitnessContext } from '../../src/observe/witness.ts';

export interface StartedWitness {
  readonly run: RunningWitness;
  readonly events: readonly LineEvent[];
  /** The lines of the raw file. */
  readonly raw: readonly string[];
  readonly limits: readonly string[];
}

/** `pods`: the addresses of the node's pods. */
export async function startWitness(witness: Witness, pods: readonly string[] = []): Promise<StartedWitness> {
  const { context, ...told } = contextThatKeeps(pods);
  return { run: await witness.start(context), ...told };
}

/** What a witness is given, and what it has told and written until one looks. */
export function contextThatKeeps(
  pods: readonly string[] = [],
): Omit<StartedWitness, 'run'> & { readonly context: WitnessContext } {
  const events: LineEvent[] = [];
  const [raw, limits]: [string[], string[]] = [[], []];
  const context: WitnessContext = {
    ...{ node: 'here', netns: null, proc: '/proc/self', clock: systemClock(), file: '' },
    pace: { periodMs: 1_000, share: 0.2 },
    capture: { packets: 'flags', ports: [], immediate: false },
    ...{ pods: createPodFinder('/proc/self', pods), podNames: createPodNames() },
    seesProcesses: true,
    tellsArguments: false,
    cluster: { access: null, why: 'nobody is asked' },
    openRaw: () => ({ write: (piece) => void raw.push(String(piece).trimEnd()) }),
    emit: (event) => void events.push(event),
    read: () => undefined,
    sawReset: () => undefined,
    limited: (text) => void limits.push(text),
    failed: (text) => void limits.push(text),
  };
  return { context, events, raw, limits };
}
