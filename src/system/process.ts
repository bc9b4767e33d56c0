// The only place that starts programs: argv arrays, never shell strings; a result for every way one can end.
import { spawn, type ChildProcess, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { writeSync } from 'node:fs';
import type { Socket } from 'node:net';
import { Problem } from '../model/problem.ts';
import { findTool, searchFolders } from './find-tool.ts';
import { ownName } from './own-program.ts';
import { splitLines } from './split-lines.ts';

export interface Exit {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface RunResult extends Exit {
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly input?: string;
  readonly timeoutMs?: number;
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Runs a program to its end. A non-zero exit is a result, not an exception; it throws a `missing` Problem when the program is
 * not there and a `fault` when it is still running after `timeoutMs` (default 30 s), having killed it.
 */
export async function run(argv: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  const child = start(argv, { stdio: 'pipe', env: options.env });
  let stdout = '';
  let stderr = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  // A program that exits without reading its input breaks the pipe; its exit code and stderr say more than EPIPE.
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(options.input ?? '');
  const timeoutMs = options.timeoutMs ?? 30_000;
  const timeout = AbortSignal.timeout(timeoutMs);
  const onTimeout = () => child.kill('SIGKILL');
  timeout.addEventListener('abort', onTimeout);
  try {
    const exit = await ended(child, argv);
    if (timeout.aborted)
      throw new Problem('fault', `"${argv.join(' ')}" did not end within ${timeoutMs} ms.`);
    return { ...exit, stdout, stderr };
  } finally {
    timeout.removeEventListener('abort', onTimeout);
  }
}

/** Like run, but anything else than exit code 0 throws a `fault` with the command and what it printed. */
export async function runChecked(argv: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  const result = await run(argv, options);
  if (result.exitCode !== 0) throw commandFailed(argv, result);
  return result;
}

export function commandFailed(argv: readonly string[], result: RunResult): Problem {
  const said = (result.stderr.trim() || result.stdout.trim() || 'nothing printed').slice(0, 2_000);
  const how = result.signal === null ? `exit code ${String(result.exitCode)}` : `signal ${result.signal}`;
  return new Problem('fault', `"${argv.join(' ')}" failed with ${how}: ${said}`);
}

export interface ProgramOptions {
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** Called with each piece of stdout as it comes. */
  readonly onStdout?: (chunk: Buffer) => void;
  readonly onStderr?: (chunk: Buffer) => void;
  /** Let stdout gather for this long before it is read again: a program that writes often and little then costs us little. */
  readonly gatherMs?: number;
}

/** A program that runs beside us until it ends or is stopped. */
export interface Program {
  readonly argv: readonly string[];
  readonly pid: number;
  /** Resolves once, after its output has been read to the end. */
  readonly exited: Promise<Exit>;
  /** The last lines that it wrote to stderr. */
  lastWords(): string;
  /** Sends a signal and waits for nothing. */
  signal(signal: NodeJS.Signals): void;
  /** Sends `signal` (default SIGTERM), then SIGKILL after `graceMs` (default 2 s); resolves when it is gone. */
  stop(signal?: NodeJS.Signals, graceMs?: number): Promise<Exit>;
}

/** A program that is told something while it runs. */
export interface ToldProgram extends Program {
  /** Writes a line to its stdin; what it no longer reads is let go. */
  say(line: string): void;
}

/**
 * Starts a program in a session of its own, so that a Ctrl-C on the terminal reaches us alone and we decide how it ends.
 * Throws a `missing` Problem when the program is not there.
 */
export function startProgram(argv: readonly string[], options: ProgramOptions = {}): Program {
  return followProgram(start(argv, { stdio: 'stream', env: options.env }), argv, options);
}

/** The same with a stdin that stays open until we end, or it does; with `input` it holds that alone. */
export function startToldProgram(
  argv: readonly string[],
  options: ProgramOptions = {},
  input?: string,
): ToldProgram {
  const child = start(argv, { stdio: 'told', env: options.env });
  child.stdin?.on('error', () => undefined);
  if (input !== undefined) child.stdin?.end(input);
  return {
    ...followProgram(child, argv, options),
    say: (line) => void child.stdin?.write(`${line}\n`),
  };
}

function followProgram(child: ChildProcess, argv: readonly string[], options: ProgramOptions): Program {
  const { pid } = child;
  let words = '';
  child.stdout?.on('data', (chunk: Buffer) => options.onStdout?.(chunk));
  if (options.gatherMs !== undefined) gather(child, options.gatherMs);
  child.stderr?.on('data', (chunk: Buffer) => {
    words = (words + chunk.toString('utf8')).slice(-2_000);
    options.onStderr?.(chunk);
  });
  const exited = ended(child, argv);
  // Whoever awaits `exited` gets the error; nobody doing so must not bring the process down.
  exited.catch(() => undefined);
  return {
    argv,
    pid: pid ?? -1,
    exited,
    lastWords: () => words.trim().split('\n').slice(-5).join('\n'),
    signal: (signal) => void child.kill(signal),
    async stop(signal = 'SIGTERM', graceMs = 2_000) {
      child.kill(signal);
      const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
      try {
        return await exited;
      } finally {
        clearTimeout(timer);
      }
    },
  };
}

/** A program that shares our streams and takes orders. */
export interface OrderedProgram {
  /** Resolves once, after all its answers were taken. Rejects with a `fault` when it cannot be started. */
  readonly exited: Promise<Exit>;
  /** Writes a line to its descriptor `ordersFd`; what it no longer reads is let go. */
  order(line: string): void;
  /** Sends a signal and waits for nothing. */
  signal(signal: NodeJS.Signals): void;
}

/**
 * Where a program that was started with startWithOrders reads its orders, and writes its answers; the end of it says that we are
 * gone.
 */
export const ordersFd = 3;

/** Answers whoever started this process with startWithOrders, before anything else is done. */
export function answerOrders(line: string): void {
  try {
    writeSync(ordersFd, `${line}\n`);
  } catch {
    // Whoever gave the orders is gone, and nobody is left to be told.
  }
}

/**
 * Starts a program on our own stdin and stderr, and our stdout if wanted, in a session of its own: Ctrl-C on the terminal reaches us
 * alone, and the program hears of it once, by an order. `onAnswer` takes each line that it writes to `ordersFd`.
 */
export function startWithOrders(
  argv: readonly string[],
  stdout: 'inherit' | 'ignore',
  onAnswer: (line: string) => void = () => undefined,
): OrderedProgram {
  const { file, args } = fileOf(argv);
  const child = spawn(file, args, { stdio: ['inherit', stdout, 'inherit', 'pipe'], detached: true });
  const orders = child.stdio[ordersFd] as unknown as Socket;
  orders.on('error', () => undefined);
  // Read even when nobody listens: only then is its end seen.
  orders.on('data', splitLines(onAnswer));
  return {
    exited: ended(child, argv),
    order: (line) => void orders.write(`${line}\n`),
    signal: (signal) => void child.kill(signal),
  };
}

/** A program all of whose streams are ours, in our own session; that it is not there is an 'error' of it, like any other. */
export function startPiped(
  argv: readonly string[],
  env: Readonly<Record<string, string>> = {},
): ChildProcessWithoutNullStreams {
  const [name = '', ...args] = argv;
  return spawn(findTool(name) ?? name, args, { stdio: 'pipe', env: { ...toolEnvironment(), ...env } });
}

function start(
  argv: readonly string[],
  how: { stdio: 'pipe' | 'stream' | 'told'; env: Readonly<Record<string, string>> | undefined },
): ChildProcess {
  const { file, args } = fileOf(argv);
  return spawn(file, args, {
    stdio: [how.stdio === 'stream' ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    detached: how.stdio !== 'pipe',
    env: { ...toolEnvironment(), ...how.env },
  });
}

function fileOf([name, ...args]: readonly string[]): { file: string; args: string[] } {
  if (name === undefined) throw new Error('an empty command');
  const file = name.includes('/') ? name : findTool(name);
  if (file === undefined)
    throw new Problem('missing', `"${name}" is not installed; ${ownName()} doctor says what to install.`);
  return { file, args };
}

/**
 * What we read from is a socket, which holds some 20 KiB of a program that writes 144 bytes at a time: with the one it was nearly too long
 * until it was read, with the other it might have been longer.
 */
const [muchAtOnce, littleAtOnce] = [12_288, 4_096];

/** Who cannot write is held up, and loses what it was to take meanwhile: a program that writes much is read more often. */
function gather({ stdout }: ChildProcess, milliseconds: number): void {
  if (stdout === null) return;
  let [pauseMs, taken, before] = [milliseconds, 0, 0];
  let timer: NodeJS.Timeout | undefined;
  const rest = () => {
    stdout.pause();
    timer = setTimeout(() => {
      [taken, before] = [0, 0];
      stdout.resume();
      // What was read before the pause comes first, and what waits with the next turn.
      setImmediate(() => setImmediate(look));
    }, pauseMs);
  };
  const look = () => {
    if (stdout.closed || stdout.readableEnded) return;
    if (taken - before >= littleAtOnce) {
      before = taken;
      setImmediate(look);
      return;
    }
    if (taken >= muchAtOnce) pauseMs = Math.max(1, pauseMs / 2);
    else if (taken < littleAtOnce) pauseMs = Math.min(milliseconds, pauseMs * 2);
    rest();
  };
  stdout.on('data', ({ length }: Buffer) => void (taken += length));
  stdout.once('close', () => clearTimeout(timer));
  rest();
}

/**
 * The environment for outside tools: they must print what our parsers were written for, whatever the user's locale and time zone,
 * and those that start others (`ip netns exec`) must find them in the sbin folders too.
 */
function toolEnvironment(): NodeJS.ProcessEnv {
  return { ...process.env, LC_ALL: 'C', TZ: 'UTC', PATH: searchFolders().join(':') };
}

function ended(child: ChildProcess, argv: readonly string[]): Promise<Exit> {
  return new Promise((resolve, reject) => {
    child.once('error', (error) => reject(notStarted(argv, error)));
    child.once('close', (exitCode, signal) => resolve({ exitCode, signal }));
  });
}

function notStarted(argv: readonly string[], error: Error): Problem {
  return new Problem('fault', `"${argv.join(' ')}" could not be started: ${error.message}`, { cause: error });
}
