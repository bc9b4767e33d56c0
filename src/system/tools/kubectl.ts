// The user's own kubectl, with their contexts and auth plugins: told which cluster to talk to, with a time limit on every call.
import { Problem } from '../../model/problem.ts';
import { endingWithUs } from '../ending-with-us.ts';
import { kubectlFailure, type KubectlFailure } from './kubectl-failure.ts';
import {
  startProgram,
  startToldProgram,
  type Program,
  type ProgramOptions,
  type RunResult,
  type ToldProgram,
} from '../process.ts';
import { findTool } from '../find-tool.ts';
import { pause } from '../pause.ts';

/** Which cluster, as kubectl's own flags say it; what is left out is kubectl's to decide. */
export interface KubectlTarget {
  readonly kubeconfig?: string | undefined;
  readonly context?: string | undefined;
  readonly namespace?: string | undefined;
}

interface KubectlCall {
  /** The call is given up after this; default 20 s. */
  readonly timeoutMs?: number;
  /** How often a call is made that the server is too busy for, or fails by its own fault; default 4. */
  readonly attempts?: number;
}

type KubectlAnswer =
  | { readonly ok: true; readonly stdout: string }
  | { readonly ok: false; readonly failure: KubectlFailure; readonly result: RunResult };

export interface Kubectl {
  /** Runs a command to its end. A failure is an answer; throws only an `interrupted` Problem. */
  ask(words: readonly string[], call?: KubectlCall): Promise<KubectlAnswer>;
  /** Runs a command that reads `input`, to its end; `ask` otherwise. */
  withInput(words: readonly string[], input: string, call?: KubectlCall): Promise<KubectlAnswer>;
  /** Runs a command with `-o json` and reads what it prints. Throws a Problem with one sentence when it fails. */
  json(words: readonly string[], call?: KubectlCall): Promise<unknown>;
  /** Starts a command that goes on printing, such as `logs -f`; it ends with this process, even when that is killed. */
  start(words: readonly string[], options: ProgramOptions): Program;
  /** The same of one that is told something meanwhile, such as `exec --stdin`. */
  talk(words: readonly string[], options: ProgramOptions): ToldProgram;
  /** The command as the user would type it. */
  shown(words: readonly string[]): string;
  /** The same kubectl with another signal, or none: what tidies up must not be interrupted with the rest. */
  withSignal(signal: AbortSignal | undefined): Kubectl;
}

const firstPauseMs = 300;

/**
 * Finds kubectl and binds it to a cluster. Throws a `missing` Problem when there is none. Once `signal` aborts, calls that are
 * under way are ended and every call throws an `interrupted` Problem.
 */
export function findKubectl(target: KubectlTarget, signal?: AbortSignal): Kubectl {
  const file = findTool('kubectl');
  if (file === undefined) {
    throw new Problem(
      'missing',
      'kubectl is not installed; install it as https://kubernetes.io/docs/tasks/tools/ says.',
    );
  }
  return bindKubectl(file, target, signal);
}

function bindKubectl(file: string, target: KubectlTarget, signal: AbortSignal | undefined): Kubectl {
  const flags = targetFlags(target);
  const once = async (
    words: readonly string[],
    timeoutMs: number,
    input: string | undefined,
  ): Promise<KubectlAnswer> => {
    const argv = [file, ...flags, `--request-timeout=${Math.ceil(timeoutMs / 1_000)}s`, ...words];
    const result = await runToEnd(argv, { timeoutMs, signal, input });
    if (result.exitCode === 0) return { ok: true, stdout: result.stdout };
    return { ok: false, failure: kubectlFailure(result), result };
  };
  const ask = async (
    words: readonly string[],
    call: KubectlCall = {},
    input?: string,
  ): Promise<KubectlAnswer> => {
    const { timeoutMs = 20_000, attempts = 4 } = call;
    for (let attempt = 1; ; attempt++) {
      const answer = await once(words, timeoutMs, input);
      if (answer.ok || !answer.failure.passing || attempt >= attempts) return answer;
      await pause(firstPauseMs * 2 ** (attempt - 1), signal);
    }
  };
  return {
    ask: (words, call) => ask(words, call),
    withInput: (words, input, call) => ask(words, call, input),
    async json(words, call) {
      const answer = await ask([...words, '--output=json'], call);
      if (!answer.ok) throw new Problem('missing', answer.failure.sentence);
      return parseJson(answer.stdout, words);
    },
    start: (words, options) => startProgram(endingWithUs([file, ...flags, ...words]), options),
    talk: (words, options) => startToldProgram(endingWithUs([file, ...flags, ...words]), options),
    shown: (words) => ['kubectl', ...flags, ...words].join(' '),
    withSignal: (other) => bindKubectl(file, target, other),
  };
}

function targetFlags({ kubeconfig, context, namespace }: KubectlTarget): string[] {
  return [
    ...(kubeconfig === undefined ? [] : [`--kubeconfig=${kubeconfig}`]),
    ...(context === undefined ? [] : [`--context=${context}`]),
    ...(namespace === undefined ? [] : [`--namespace=${namespace}`]),
  ];
}

/** Like process.ts's run, but in a session of its own, so that Ctrl-C on the terminal ends it only through `signal`. */
async function runToEnd(
  argv: readonly string[],
  {
    timeoutMs,
    signal,
    input,
  }: {
    readonly timeoutMs: number;
    readonly signal: AbortSignal | undefined;
    readonly input: string | undefined;
  },
): Promise<RunResult> {
  throwIfAborted(signal);
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  const streams: ProgramOptions = {
    onStdout: (chunk) => stdout.push(chunk),
    onStderr: (chunk) => stderr.push(chunk),
  };
  const program = input === undefined ? startProgram(argv, streams) : startToldProgram(argv, streams, input);
  const late = { timedOut: false };
  // kubectl's own limit is for one request; a command may make several, and a plugin that asks for a login makes none.
  const timer = setTimeout(() => {
    late.timedOut = true;
    void program.stop('SIGKILL');
  }, timeoutMs * 2);
  const onAbort = () => void program.stop('SIGTERM', 1_000);
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    const exit = await program.exited;
    throwIfAborted(signal);
    const said = Buffer.concat(stderr).toString('utf8');
    const words = late.timedOut ? `\ncommand timed out after ${timeoutMs * 2} ms` : '';
    return { ...exit, stdout: Buffer.concat(stdout).toString('utf8'), stderr: said + words };
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
  }
}

function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw new Problem('interrupted', 'interrupted.');
}

function parseJson(text: string, words: readonly string[]): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Problem('fault', `"kubectl ${words.join(' ')}" printed no JSON: ${text.slice(0, 200)}`, {
      cause: error,
    });
  }
}
