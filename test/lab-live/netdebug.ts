// Starts this checkout's program as a user would and collects what it says.
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { NodeEvent } from '../../src/model/node-event.ts';
import type { ProbeEvent } from '../../src/model/probe-event.ts';
import { runRecordSchema, type RunRecord } from '../../src/model/run-record.ts';
import { messageOf } from '../../src/model/problem.ts';
import { openTracefs } from '../../src/observe/kernel/tracefs.ts';
import { whyNoNamespaces } from '../../src/lab/world/namespaces.ts';
import { readRunRecord } from '../../src/run-folder/read-record.ts';
import { noTerminal, onTerminalOf } from '../on-terminal.ts';
import { mainScript } from '../program.ts';

export interface Ended {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Resolves when the text has been printed on stderr; rejects when the program ends without it. */
  said(text: string): Promise<void>;
}

export function startNetdebug(...words: readonly string[]): Started {
  return startWords([process.execPath, mainScript, ...words]);
}

export function startWords([file = '', ...args]: readonly string[], cwd?: string): Started {
  const child = spawn(file, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(cwd === undefined ? {} : { cwd }),
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const ended = new Promise<Ended>((done, failed) => {
    child.once('error', failed);
    child.once('close', (exitCode) => done({ exitCode, stdout, stderr }));
  });
  return {
    child,
    ended,
    said: (text) =>
      new Promise((done, failed) => {
        const look = () => {
          if (stderr.includes(text)) done();
        };
        look();
        child.stderr.on('data', look);
        ended.then(() => failed(new Error(`ended without saying "${text}": ${stderr}`)), failed);
      }),
  };
}

export const netdebug = (...words: readonly string[]): Promise<Ended> => startNetdebug(...words).ended;

/** The words that choose the world of a run for `lab exec`: other labs may live on this machine. */
export async function worldOf({ child }: Started): Promise<string[]> {
  const below = async (pid: number): Promise<number[]> => {
    const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
    return children
      .trim()
      .split(' ')
      .filter((word) => word !== '')
      .map(Number);
  };
  // The outer process starts unshare, and that the first process of the world.
  for (const outer of await below(child.pid ?? -1)) {
    const [inner] = await below(outer);
    if (inner !== undefined) return ['--world', String(inner)];
  }
  throw new Error('the run has no world');
}

/** A folder that does not yet exist, in a temporary one that goes with the test. */
export async function newFolder(t: TestContext): Promise<string> {
  const parent = await mkdtemp(join(tmpdir(), 'netdebug-test-'));
  t.after(() => rm(parent, { recursive: true, force: true }));
  return join(parent, 'run');
}

export interface LabRun extends Ended {
  readonly record: RunRecord;
  readonly folder: string;
}

/** Runs `lab run … --json` to its end in a new folder and reads the record from stdout. */
export async function labRun(t: TestContext, ...words: readonly string[]): Promise<LabRun> {
  const folder = await newFolder(t);
  const ended = await netdebug('lab', 'run', '--json', '--out', folder, ...words);
  if (ended.stdout === '') throw new Error(`exit code ${String(ended.exitCode)}: ${ended.stderr}`);
  return { ...ended, folder, record: runRecordSchema.parse(JSON.parse(ended.stdout)) };
}

/** The same on a terminal of 80×24, if there is one: what was printed there is `stdout`, and the record is read from the folder. */
export async function labRunOnTerminal(t: TestContext, ...words: readonly string[]): Promise<LabRun> {
  if (noTerminal !== false) return await labRun(t, ...words);
  const folder = await newFolder(t);
  const command = [process.execPath, mainScript, 'lab', 'run', '--out', folder, ...words];
  const ended = await startWords(onTerminalOf(80, command)).ended;
  const { data } = await readRunRecord(folder);
  if (data === null) throw new Error(`exit code ${String(ended.exitCode)}: ${ended.stdout}`);
  return { ...ended, folder, record: data };
}

export async function readProbeEvents(folder: string): Promise<ProbeEvent[]> {
  return await readLines<ProbeEvent>(join(folder, 'events.ndjson'));
}

export async function readNodeEvents(folder: string): Promise<NodeEvent[]> {
  const nodes = ['node-1', 'node-2'].map((node) =>
    readLines<NodeEvent>(join(folder, 'evidence', node, 'events.ndjson')),
  );
  return (await Promise.all(nodes)).flat();
}

async function readLines<T>(file: string): Promise<T[]> {
  const lines = (await readFile(file, 'utf8')).split('\n').filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line) as T);
}

/** Why the kernel refuses the lab's namespaces, for a visible skip; false when it permits them. A missing tool is no reason. */
export async function labSkip(): Promise<string | false> {
  return (await whyNoNamespaces(process.getuid?.() === 0)) ?? false;
}

/** Why the kernel's tracepoints cannot be listened to; false when they can. */
export async function tracefsSkip(): Promise<string | false> {
  try {
    await (await openTracefs()).release();
    return false;
  } catch (error) {
    return messageOf(error);
  }
}
