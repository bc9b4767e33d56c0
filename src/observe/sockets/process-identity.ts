// Which program a process is, and in which container and pod. Its arguments may hold secrets: they are read only for whoever asks for
// them. Its environment never is.
import { readFileSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';
import { nobodysCgroup, parseProcessCgroup, type ProcessCgroup } from './cgroup-path.ts';

export interface ProcessIdentity {
  /** Null where /proc does not tell. */
  readonly command: string | null;
  /** What it was started with; only where that was asked for. */
  readonly arguments?: readonly string[];
  readonly cgroup: ProcessCgroup;
}

/** `proc`: its folder in /proc; `withArguments` asks for them. Undefined when the process is gone. */
export function identityOf(proc: string, withArguments = false): ProcessIdentity | undefined {
  const comm = textIn(`${proc}/comm`)?.replace(/\n$/, '');
  if (comm === undefined) return undefined;
  const cgroup = textIn(`${proc}/cgroup`);
  const words = withArguments ? argumentsOf(proc) : undefined;
  return {
    command: commandName(comm, executableOf(proc)),
    ...(words === undefined ? {} : { arguments: words }),
    cgroup: cgroup === undefined ? { path: null, ...nobodysCgroup } : parseProcessCgroup(cgroup),
  };
}

/** The kernel keeps 15 bytes of a name. */
const longestComm = 15;
/** What runtimes call their first thread: it says nothing of the program. */
const saysNothing = new Set(['MainThread']);

/**
 * The name that a process goes by. A script goes by its own, not by its interpreter's, which is the executable; a name that was cut
 * off, or that a runtime gave, is the executable's.
 */
export function commandName(comm: string, executable: string | undefined): string | null {
  if (executable === undefined || executable === '') return comm === '' ? null : comm;
  const isCutOff = Buffer.byteLength(comm) >= longestComm && executable.startsWith(comm);
  return isCutOff || comm === '' || saysNothing.has(comm) ? executable : comm;
}

/** A program may write whatever it likes there, however long. */
const mostArguments = 4_096;

/** Undefined for a process that has none, such as one that is ending. */
function argumentsOf(proc: string): readonly string[] | undefined {
  const text = textIn(`${proc}/cmdline`)?.slice(0, mostArguments).replace(/\0+$/, '') ?? '';
  return text === '' ? undefined : text.split('\0');
}

/** Undefined for a kernel thread, and where the right to look is missing. */
function executableOf(proc: string): string | undefined {
  try {
    return basename(readlinkSync(`${proc}/exe`).replace(/ \(deleted\)$/, ''));
  } catch {
    return undefined;
  }
}

function textIn(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
