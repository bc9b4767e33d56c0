// What every witness on a node has in common: how it is started and stopped, and what it is given to work with.
import type { Clock, Micros } from '../model/clock.ts';
import type { BlindSpot, LineEvent, NodeEvent } from '../model/node-event.ts';
import type { CaptureScope } from '../system/tools/tcpdump.ts';
import type { KubernetesAccess } from '../kubernetes/transport.ts';
import type { PodNames } from './names/pod-names.ts';
import type { PodFinder } from './pod-namespaces.ts';
import type { Pace } from './sampler.ts';

export interface Witness {
  /** Names its raw file, and is the `source` of its events: small letters, digits and dashes. */
  readonly name: string;
  /** The ending of its raw file: `log` for lines. */
  readonly extension: string;
  /** Its raw file's part of the room that all raw files have, by the parts of the others: a few for a line now and then. */
  readonly share: number;
  /**
   * Resolves when nothing that happens afterwards is missed. Throws or rejects when the witness cannot run here; the message says
   * why in words that need no stack.
   */
  start(context: WitnessContext): RunningWitness | Promise<RunningWitness>;
}

export interface RunningWitness {
  /** What it watches, and how, in words. */
  readonly scope: string;
  /** What it takes beside what it is named for, as `takes` of its event names it. */
  readonly takes?: readonly string[];
  /** What it cannot see here, known from the beginning. */
  readonly limit?: Limit | null;
  /** Those of the node's own network namespace, where the witness looks into it. */
  readonly ownAddresses?: readonly string[];
  /** Takes what is still to come, then ends. Called once. */
  stop(): Promise<WitnessEnd>;
  /** A RST was seen on the node: whatever moves with it is worth reading now. */
  onReset?(): void;
  /** An interface came, went or changed. */
  onLinkChange?(): void;
  /** Any witness of the node told something, this one included. */
  onTold?(event: NodeEvent): void;
}

/** What a witness does not see though it watches just that, in words and by name. */
export interface Limit {
  readonly text: string;
  readonly blindTo: readonly BlindSpot[];
}

/** What a witness can say when it ends. */
interface WitnessEnd {
  /** Messages or packets that it could not get; null when unknown. */
  readonly lost: number | null;
  readonly text: string;
  /** A time stamp: all that it reads was read once more after that moment, and what passed before it, if it hears of each. */
  readonly readUntil?: string;
}

export interface WitnessContext {
  readonly node: string;
  /** The network namespace's name; null for the one that we live in. */
  readonly netns: string | null;
  /** The folder in /proc of a process inside the network namespace. */
  readonly proc: string;
  readonly clock: Clock;
  /** Of the witnesses that read at intervals. */
  readonly pace: Pace;
  /** Which packets are wanted of witnesses that capture. */
  readonly capture: CaptureScope;
  /** The node's pods, for witnesses that look into each. */
  readonly pods: PodFinder;
  /** What they and their containers are called. */
  readonly podNames: PodNames;
  /** Whether /proc shows those whose sockets there are: in a PID namespace of its own a program sees its own family alone. */
  readonly seesProcesses: boolean;
  /** Whether what programs were started with may be told: it may hold secrets. */
  readonly tellsArguments: boolean;
  /** Who knows what addresses are called, for witnesses that name them. */
  readonly cluster: ClusterAccess;
  /** The raw file's path relative to the run's folder, as events name it. */
  readonly file: string;
  /** Keeps raw lines or records; `head` stands at the beginning of the file. May be opened once. */
  openRaw(head?: Uint8Array): RawFile;
  /** Tells what `text`, a line of the raw file, says. */
  emit(said: LineEvent, text: string): void;
  /** All that the witness reads was read once more after that moment, and what had moved is told: nothing else is known to have been. */
  read(until: Micros): void;
  /** A RST was seen: witnesses that read at intervals read now. */
  sawReset(): void;
  /** The witness goes on, but had to leave something out. */
  limited(text: string, lost: number | null, blindTo?: readonly BlindSpot[]): void;
  /** The witness' tool ended. `final`: and does not run any more. */
  failed(text: string, final: boolean): void;
}

/** How the Kubernetes API of this node is reached, or why it is not, in words; null where nobody wants names. */
export type ClusterAccess =
  { readonly access: KubernetesAccess } | { readonly access: null; readonly why: string | null };

export interface RawFile {
  write(piece: string | Uint8Array): void;
}

/** Of the bound on all files, the part of the parsed events; the raw files have the rest. */
export const eventsShare = 0.5;

/** Of the bound on all files, the part of one witness' raw file. */
export function rawShare({ share }: Pick<Witness, 'share'>, all: readonly Pick<Witness, 'share'>[]): number {
  return ((1 - eventsShare) * share) / all.reduce((sum, other) => sum + other.share, 0);
}
