// A workload of other people's programs: what must be known of one so that a scenario can run with it at both ends.
import type { ServerSpec } from '../../../model/scenario.ts';
import type { Family } from '../../../model/family.ts';
import type { WorkloadProgram } from '../../../system/workload-programs.ts';

/** What the scenario wants of a server. Times in milliseconds, as they run. */
export interface ServerTask extends Pick<
  ServerSpec,
  'port' | 'idleTimeoutMs' | 'pushEveryMs' | 'closeEveryMs' | 'closeWith'
> {
  /** Its own folder in the world, gone with it. */
  readonly folder: string;
  readonly family: Family;
  /** How often each client speaks. */
  readonly clientPeriodMs: number;
}

/** What it wants of the clients of one class. */
export interface ClientTask {
  readonly address: string;
  /** That they dial, which may be another than the server's. */
  readonly port: number;
  readonly connections: number;
  readonly periodMs: number;
  /** For connecting and for each answer, where the program can be told; the kernel's own patience is set for all. */
  readonly timeoutMs: number;
  /** What is said is at least so long. */
  readonly payloadBytes: number;
  /** What the server at the other end does. */
  readonly server: ServerTask;
}

export interface ForeignWorkload {
  readonly name: string;
  readonly about: string;
  /** What must be installed. */
  readonly programs: readonly WorkloadProgram[];
  /** Whether its clients can be made to say something long. */
  readonly saysLong?: true;
  /** Why these programs have no form of such a server; null when they have. */
  unable(server: ServerSpec): string | null;
  /** Written into the server's folder before it first starts. */
  files(task: ServerTask): Readonly<Record<string, string>>;
  /** Run to its end before the server first starts. */
  prepare(task: ServerTask): readonly string[] | null;
  /** The server, in the foreground. */
  server(task: ServerTask): readonly string[];
  /** A program beside the server in its pod that makes it speak or close; null when the server does that by itself. */
  beside(task: ServerTask): readonly string[] | null;
  /** All clients of a class, each of which connects again by itself. */
  clients(task: ClientTask): readonly string[];
  /** Asks the server to end in an orderly way. */
  readonly stopSignal: NodeJS.Signals;
}

/** Milliseconds as programs take seconds. */
export const seconds = (milliseconds: number): string => String(Math.round(milliseconds) / 1_000);
