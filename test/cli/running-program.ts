// The real program as a process of its own, with what it has written so far.
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import type { TestContext } from 'node:test';
import { probeEventSchema, type ProbeEvent } from '../../src/model/probe-event.ts';
import { mainScript } from '../program.ts';

export interface RunningProgram {
  readonly child: ChildProcessByStdio<null, Readable, Readable>;
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** The messages of the log lines that are whole, without their time. */
  readonly messages: () => string[];
  /** The events on stdout that are whole, checked against the contract. */
  readonly events: () => ProbeEvent[];
  /** The exit code; rejects when a signal ended the process. */
  readonly exit: () => Promise<number>;
}

const timed = /^[0-9]{4}\/[0-9]{2}\/[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2} (.*)$/;

/** Runs `netdebug ARGS…`; killed at the end of the test if it still runs then. */
export function runProgram(t: TestContext, ...args: string[]): RunningProgram {
  const child = spawn(process.execPath, [mainScript, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const closed = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
  t.after(async () => {
    child.kill('SIGKILL');
    await closed;
  });
  return {
    child,
    stdout: () => stdout,
    stderr: () => stderr,
    messages: () => wholeLines(stderr).map((line) => timed.exec(line)?.[1] ?? `NO TIME: ${line}`),
    events: () => wholeLines(stdout).map((line) => probeEventSchema.parse(JSON.parse(line))),
    async exit() {
      const [code, signal] = await closed;
      if (code === null) throw new Error(`ended by ${signal ?? 'nobody'}: ${stderr}`);
      return code;
    },
  };
}

function wholeLines(text: string): string[] {
  return text.split('\n').slice(0, -1);
}
