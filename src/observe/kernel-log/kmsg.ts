// Reads /dev/kmsg without ever waiting: each reading takes one record of the kernel's log, from the oldest on.
import { closeSync, constants, openSync, readSync } from 'node:fs';
import { messageOf, Problem } from '../../model/problem.ts';

export interface LogRecord {
  /** Counts up by one; records in between were overwritten before they were read. */
  readonly sequence: number;
  /** Whether the kernel itself wrote it: anybody may write into its log, but not in its name. */
  readonly byKernel: boolean;
  /** Microseconds since the machine started, by a clock of the log's own. */
  readonly at: number;
  readonly text: string;
}

export interface KernelLogReader {
  /** Takes what is there, up to a bound; true when there may be more. Throws what the kernel refuses. */
  read(): boolean;
  /** Records that were overwritten before they could be read. */
  readonly lost: number;
  close(): void;
}

const file = '/dev/kmsg';
/** The longest record that the kernel hands over. */
const recordBytes = 8_192;
const atOnce = 2_000;

/** Throws a `missing` Problem where the log may not be read. */
export function openKernelLog(onRecord: (record: LogRecord) => void): KernelLogReader {
  const descriptor = open();
  const piece = Buffer.alloc(recordBytes);
  let [lost, next] = [0, -1];
  return {
    get lost() {
      return lost;
    },
    read() {
      for (let count = 0; count < atOnce; count += 1) {
        const text = readRecord(descriptor, piece);
        if (text === undefined) return false;
        const record = parseRecord(text);
        if (record === undefined) continue;
        if (next >= 0 && record.sequence > next) lost += record.sequence - next;
        next = record.sequence + 1;
        onRecord(record);
      }
      return true;
    },
    close: () => closeSync(descriptor),
  };
}

function open(): number {
  try {
    return openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why =
      code === 'ENOENT'
        ? 'there is no /dev/kmsg here; a container must be given it'
        : code === 'EPERM' || code === 'EACCES'
          ? "the kernel's log may not be read: it takes /dev/kmsg and, as a rule, CAP_SYSLOG"
          : `the kernel's log cannot be read: ${messageOf(error)}`;
    throw new Problem('missing', why, { cause: error });
  }
}

/** Undefined when nothing is there; empty for what was overwritten, after which the oldest that is left comes next. */
function readRecord(descriptor: number, piece: Buffer): string | undefined {
  try {
    const length = readSync(descriptor, piece);
    return length === 0 ? undefined : piece.toString('utf8', 0, length);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EAGAIN' || code === 'EINTR') return undefined;
    if (code === 'EPIPE') return '';
    throw error;
  }
}

/** `PRIORITY,SEQUENCE,MICROSECONDS,FLAGS[,…];TEXT`, and lines of a dictionary, which begin with a space. */
export function parseRecord(record: string): LogRecord | undefined {
  const [, priority, sequence, at, text] = /^([0-9]+),([0-9]+),([0-9]+),[^;]*;([^\n]*)/.exec(record) ?? [];
  if (priority === undefined || sequence === undefined || at === undefined || text === undefined)
    return undefined;
  return { sequence: Number(sequence), byKernel: Number(priority) >> 3 === 0, at: Number(at), text };
}
