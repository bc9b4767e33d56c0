// Runs a program and keeps what it prints; a signal goes on to the program, and nothing new is started after it.
import { spawn } from 'node:child_process';
import { SetupStop } from './stop.mjs';

let running;
let stopped = false;

/** On Ctrl-C or a termination, lets the running program end by itself: one that is cut off leaves things half installed. */
export function endOnSignals() {
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.on(signal, () => {
      stopped = true;
      running?.kill(signal);
    });
  }
}

/** Whether a signal has asked us to end. */
export function interrupted() {
  return stopped;
}

/**
 * Runs argv to its end. `exitCode` is null when it did not start or a signal ended it; `output` is all that it printed, or why
 * it did not start.
 */
export function start(argv, { stdio = ['ignore', 'pipe', 'pipe'], env = process.env, cwd } = {}) {
  if (stopped) throw new SetupStop(130, 'interrupted.');
  return new Promise((resolve) => {
    let output = '';
    const [file, ...args] = argv;
    const child = spawn(file, args, { stdio, env, cwd });
    running = child;
    child.stdout?.on('data', (chunk) => (output += chunk));
    child.stderr?.on('data', (chunk) => (output += chunk));
    // Also emitted when a signal cannot be passed on, as to sudo's; the program got it from the terminal then, and goes on to close.
    child.on('error', (error) => {
      if (child.pid === undefined) resolve({ exitCode: null, output: error.message });
    });
    child.on('close', (exitCode) => resolve({ exitCode, output }));
  }).finally(() => (running = undefined));
}

/** Says what takes long. */
export function announce(line) {
  process.stderr.write(`setup: ${line}\n`);
}

/** Shows what a failed program printed, so that the sentence after it can be short. */
export function showOutput(output) {
  const text = output.trimEnd();
  if (text !== '') process.stderr.write(`${text}\n`);
}
