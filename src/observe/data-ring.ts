// The packets of some ports, written by a tcpdump of its own to a file in memory that nobody else sees, and read only when somebody asks:
// what each of them would cost on its way through a pipe is spared. Its oldest part is given back to the kernel as it grows.
import { open, type FileHandle } from 'node:fs/promises';
import { messageOf, Problem } from '../model/problem.ts';
import { createPcapReader, type PcapHeader } from '../packets/pcap-reader.ts';
import { endingWithUs } from '../system/ending-with-us.ts';
import { runChecked, startProgram, type Program } from '../system/process.ts';
import { findTool } from '../system/find-tool.ts';
import { isRefusal } from '../system/refusal-words.ts';
import { inNetworkOf } from '../system/tools/nsenter.ts';
import { captureCounts, ringTcpdumpArgv, saysListening, whyEnded } from '../system/tools/tcpdump.ts';

export interface DataRing {
  readonly program: Program;
  /**
   * Has it write what it has; resolves with how many packets the kernel dropped for it so far, when that is done; null where it does not
   * answer.
   */
  flush(): Promise<number | null>;
  /** Null before anything was written. */
  span(): Promise<RingSpan | null>;
  /** Reads from there on; resolves with how many bytes there were. */
  read(into: Buffer, length: number, from: number): Promise<number>;
  /** Looks whether it has grown so much that its oldest part is to go. Rejects when it cannot be cut. */
  trim(): Promise<void>;
  close(): Promise<void>;
}

/** From where to where a ring can be read now, by offsets that only grow; what is older is gone. */
export interface RingSpan {
  readonly from: number;
  readonly to: number;
  /** Whether a record begins at `from`. */
  readonly isWhole: boolean;
  readonly header: PcapHeader;
}

/** MiB of memory that it never takes more of, and how much of that is held: the rest is for what comes until it is cut again. */
const [mostMib, heldMib] = [64, 40];
const mib = 1_048_576;
const gatherBytes = mib / 2;
/** The first page is kept, with the file's header. */
const page = 4_096;
/** As st_blocks counts. */
const blockBytes = 512;
const pcapHeaderLength = 24;
const readyWithinMs = 10_000;
const answerWithinMs = 200;

/** What is mounted there is seen by this one process alone, and is gone when it is. */
const folder = '/tmp';
const script = `mount -t tmpfs -o size=${mostMib}m,mode=700 netdebug ${folder} && exec "$@" >${folder}/data.pcap`;

/**
 * Begins to capture every packet of these ports in the network namespace of a process with that folder in /proc. Throws where the kernel
 * permits no mount of our own, or anything else is missing; the message says what.
 */
export async function startDataRing(proc: string, ports: readonly number[]): Promise<DataRing> {
  let said = '';
  const heard = new Set<() => void>();
  // A write now and then costs less than one for each page. What waits to be written is flushed when somebody asks.
  const gathering = findTool('stdbuf') === undefined ? [] : ['stdbuf', `--output=${gatherBytes}`];
  const inMemory = ['unshare', '--mount', '--propagation', 'private', 'sh', '-c', script, 'sh'];
  const argv = endingWithUs(inNetworkOf(proc, [...inMemory, ...gathering, ...ringTcpdumpArgv(ports)]));
  const program = startProgram(argv, {
    onStderr(chunk) {
      said = `${said}${chunk.toString('utf8')}`.slice(-4_000);
      for (const hear of heard) hear();
    },
  });
  let hasEnded = false;
  const end = () => {
    hasEnded = true;
    for (const hear of heard) hear();
  };
  program.exited.then(end, end);
  /** Whether it says something more for which `isSo`, before it ends, and within so many milliseconds. */
  const until = (isSo: () => boolean, withinMs: number): Promise<boolean> =>
    new Promise((resolve) => {
      const done = (answer: boolean) => {
        clearTimeout(timer);
        heard.delete(hear);
        resolve(answer);
      };
      const hear = () => {
        if (hasEnded) done(false);
        else if (isSo()) done(true);
      };
      const timer = setTimeout(() => done(false), withinMs);
      heard.add(hear);
      if (hasEnded) done(false);
    });
  let file: FileHandle | undefined;
  try {
    if (!(await until(() => saysListening(said), readyWithinMs)))
      throw new Problem('fault', whyNot(program.lastWords()));
    file = await open(`/proc/${program.pid}/root${folder}/data.pcap`, 'r');
    // What cannot be cut would be full soon: that is known before it begins.
    await runChecked(cut(program.pid, page, page));
  } catch (error) {
    await file?.close();
    await program.stop('SIGKILL');
    throw new Problem('fault', messageOf(error), { cause: error });
  }
  return ringOf(program, file, until, () => captureCounts(said)?.dropped ?? null);
}

const whyNot = (words: string): string => {
  if (words === '') return 'tcpdump does not begin to capture';
  const isOurs = /^tcpdump: /m.test(words);
  return isOurs || !isRefusal(words) ? whyEnded(words) : `it takes CAP_SYS_ADMIN (${words})`;
};

function ringOf(
  program: Program,
  file: FileHandle,
  until: (isSo: () => boolean, withinMs: number) => Promise<boolean>,
  dropped: () => number | null,
): DataRing {
  let from = page;
  let isAsked = false;
  let header: PcapHeader | undefined;
  const readHeader = async (): Promise<PcapHeader | undefined> => {
    const bytes = Buffer.alloc(pcapHeaderLength);
    const { bytesRead } = await file.read(bytes, 0, bytes.length, 0);
    createPcapReader({ onHeader: (read) => (header = read), onRecord: () => undefined }).push(
      bytes.subarray(0, bytesRead),
    );
    return header;
  };
  return {
    program,
    async flush() {
      const hears = () => until(() => true, answerWithinMs);
      // An answer that comes late is none to the next question.
      if (isAsked && !(await hears())) return null;
      program.signal('SIGUSR2');
      // It answers when it has done what it was told before.
      program.signal('SIGUSR1');
      isAsked = !(await hears());
      return isAsked ? null : dropped();
    },
    async span() {
      const { size } = await file.stat();
      const known = header ?? (await readHeader());
      if (known === undefined) return null;
      const isWhole = from === page;
      return { from: isWhole ? pcapHeaderLength : from, to: size, isWhole, header: known };
    },
    async read(into, length, at) {
      return (await file.read(into, 0, length, at)).bytesRead;
    },
    async trim() {
      const { size, blocks } = await file.stat();
      // What tcpdump could not write it does not try again: nothing more would come.
      if (blocks * blockBytes > (mostMib - 1) * mib)
        throw new Problem('fault', 'more came than could be held');
      if (size - from < heldMib * mib) return;
      // Half of it at once: few cuts cost little.
      const to = Math.floor((size - (heldMib / 2) * mib) / page) * page;
      from = to;
      await runChecked(cut(program.pid, page, to - page));
    },
    async close() {
      await program.stop();
      await file.close();
    },
  };
}

const cut = (pid: number, offset: number, length: number): string[] => [
  ...['fallocate', '--punch-hole', '--offset', String(offset), '--length', String(length)],
  `/proc/${pid}/root${folder}/data.pcap`,
];
