// What every source of evidence has in common: how it is started and stopped, and what it is given to work with.
import type { Clock } from '../model/clock.ts';
import type { NodeEvent, NodeSource } from '../model/node-event.ts';
import type { Pace } from './sampler.ts';

export interface Source {
  readonly name: NodeSource;
  /**
   * Resolves when nothing that happens afterwards is missed. Throws or rejects when the source cannot run here; the message says
   * why in words that need no stack.
   */
  start(context: SourceContext): RunningSource | Promise<RunningSource>;
}

export interface RunningSource {
  /** What it watches, and how, in words. */
  readonly scope: string;
  /** Takes what is still to come, then ends. Called once. */
  stop(): Promise<SourceEnd>;
  /** A RST was seen on the node: whatever moves with it is worth reading now. */
  onReset?(): void;
  /** An interface came, went or changed. */
  onLinkChange?(): void;
}

/** What a source can say when it ends. */
export interface SourceEnd {
  /** Messages or packets that it could not get; null when unknown. */
  readonly lost: number | null;
  readonly text: string;
}

export interface SourceContext {
  readonly node: string;
  /** The network namespace's name; null for the one that we live in. */
  readonly netns: string | null;
  /** The folder in /proc of a process inside the network namespace. */
  readonly proc: string;
  readonly clock: Clock;
  /** Of the sources that read at intervals. */
  readonly pace: Pace;
  /** The raw file's path relative to the run's folder, as events name it. */
  readonly file: string;
  /** Keeps raw lines or records; `head` stands at the beginning of the file. May be opened once. */
  openRaw(head?: Uint8Array): RawFile;
  emit(event: NodeEvent): void;
  /** A RST was seen: sources that read at intervals read now. */
  sawReset(): void;
  /** The source goes on, but had to leave something out. */
  limited(text: string, lost: number | null): void;
  /** The source's tool ended. `final`: and does not run any more. */
  failed(text: string, final: boolean): void;
}

export interface RawFile {
  write(piece: string | Uint8Array): void;
}
