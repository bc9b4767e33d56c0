// Who ended one connection, in words: the author, the process where it is known, and what its kernel said of it.
import { authorWords, type Author } from '../../model/author.ts';
import type { KernelEvent } from '../../model/kernel-event.ts';
import type { Story } from '../connections/story.ts';
import type { Side } from '../connections/told-by-kernels.ts';

type Process = NonNullable<KernelEvent['process']>;

/** Whose each author is: of these the process is worth naming. */
const sideOf: Partial<Record<Author, 'client' | 'server'>> = {
  'client-application': 'client',
  'client-process-died': 'client',
  'server-application': 'server',
  'server-process-died': 'server',
};

/** `the server's application: redis-server (pid 4711) closed it with input unread` */
export function authorInWords(author: Author, story: Story): string {
  const side = sideOf[author];
  const name = authorWords[author];
  const act = actInWords(author, story);
  const process =
    author === 'privileged-program' ? (story.kernel.first?.event.process ?? null) : processOf(story, side);
  const who = process === null ? null : processInWords(process);
  if (act === null) return who === null ? name : `${name}: ${who}`;
  return who === null ? `${name}: ${act}` : `${name}: ${who} ${act}`;
}

/** The process that has, or had, the socket of that end; null where nobody told. */
export function processOf({ kernel, server }: Story, side: Side | undefined): Process | null {
  if (side === undefined || side === 'node') return null;
  const isKnown = (process: Process | null): process is Process =>
    process !== null && (process.command !== null || process.pid !== null);
  const own = kernel.events.filter((event) => event.context === 'process' && kernel.sideOf(event) === side);
  // What a privileged program does to a socket, it does in its own name.
  const taken = new Set(
    own
      .filter(({ number, tracepoint }) => tracepoint === 'socket-error' && number === 103)
      .map(({ process }) => process?.pid),
  );
  const byKernel = own
    .map(({ process }) => process)
    .find((process) => isKnown(process) && !taken.has(process.pid));
  const isOfServer = (address: string) => address === server?.address;
  const listed = kernel.sockets
    .filter(({ tuple }) => isOfServer(tuple.src) === (side === 'server'))
    .map(({ process }) => process)
    .find((process) => isKnown(process) && !taken.has(process.pid));
  // A list names the program; a kernel's line may name the thread.
  return listed ?? byKernel ?? null;
}

function processInWords({ pid, command, pod }: Process): string {
  const name = command ?? 'a process';
  const facts = [...(pid === null ? [] : [`pid ${pid}`]), ...(pod === null ? [] : [`pod ${pod}`])];
  return facts.length === 0 ? name : `${name} (${facts.join(', ')})`;
}

/** What it did, as its kernel says; null where none told. */
function actInWords(author: Author, { kernel }: Story): string | null {
  const { first } = kernel;
  if (first === null) return null;
  const { kind, event } = first;
  const port = event.tuple.dport;
  if (author.endsWith('-kernel')) {
    if (kind === 'no-socket') return `no socket for port ${port}`;
    return kind === 'unknown-to-listener' ? 'it listens, and knows no such connection' : null;
  }
  if (author === 'privileged-program') return kind === 'destroyed' ? 'took the socket from its owner' : null;
  if (author === 'gave-up') return kind === 'kept-in-vain' ? 'nobody answered its keep-alive' : null;
  if (author.endsWith('-process-died')) return 'ended';
  if (kind === 'closed') return 'had closed it';
  if (kind !== 'aborted') return null;
  if (event.reason === 'TCP_ABORT_ON_CLOSE') return 'closed it with input unread';
  return event.reason === 'TCP_STATE' ? 'closed it with linger 0' : 'closed it with a RST';
}
