// `netdebug observe` in a private world, beside the connections that a test makes there.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mainScript } from '../program.ts';

export interface Observing {
  readonly child: ChildProcess;
  /** What it has said on stderr so far. */
  readonly said: () => string;
  /** Resolves with its exit code when it is gone. */
  readonly ended: Promise<number | null>;
}

/** The command of an observer of the node `here`. */
export const observeWords = (folder: string, ...flags: readonly string[]): string[] => [
  ...[process.execPath, mainScript, 'observe', '--out', folder, '--node', 'here'],
  ...flags,
];

/** The kernel's events, and the counters that they are held against. */
export const kernelAlone = ['--only', 'snmp,kernel-events'];

/** Starts it and resolves when it observes; rejects with what it has said when it ends before. */
export async function startObserve([file = '', ...args]: readonly string[]): Promise<Observing> {
  const child = spawn(file, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  const begun = Promise.withResolvers<undefined>();
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    if (stderr.includes('Observing here')) begun.resolve(undefined);
  });
  const closed = once(child, 'close') as Promise<[number | null]>;
  const ended = closed.then(([exitCode]) => exitCode);
  void ended.then((exitCode) => begun.reject(new Error(`observe ended with ${String(exitCode)}: ${stderr}`)));
  await begun.promise;
  return { child, said: () => stderr, ended };
}
