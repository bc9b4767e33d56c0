// What kernels, sockets, routers and programs told of a connection's end, a line each, in order of time.
import { parseMicros } from '../../model/clock.ts';
import type { IcmpErrorEvent } from '../../model/node-event.ts';
import type { Told } from '../../model/last-moments.ts';
import type { Story } from '../../diagnose/connections/story.ts';

type KernelLine = Story['kernel']['events'][number];
type SocketLine = Story['kernel']['sockets'][number];

const longestText = 300;

export function toldOf(story: Story): Told[] {
  const lines = [...byKernels(story), ...bySockets(story), ...byErrors(story), ...byPrograms(story)];
  return lines
    .map((line) => ({ ...line, text: line.text.slice(0, longestText) }))
    .toSorted((a, b) => parseMicros(a.at) - parseMicros(b.at));
}

function byKernels({ kernel }: Story): Told[] {
  const lines: Told[] = [];
  // What is sent again many times is one line: when it began, and how often.
  const again = new Map<string, { readonly index: number; readonly text: string; times: number }>();
  for (const event of kernel.events) {
    const side = kernel.sideOf(event);
    const text = wordsOf(event);
    if (side === null || text === null) continue;
    const isAgain = event.tracepoint === 'retransmit' || event.tracepoint === 'retransmit-synack';
    const ended = kernel.orderIsClear && kernel.first?.event === event;
    const line = {
      at: event.at,
      side,
      node: event.node,
      text,
      mark: ended ? 'ending' : isAgain ? 'again' : null,
    } as const;
    const key = `${side} ${event.tracepoint}`;
    const before = isAgain ? again.get(key) : undefined;
    if (before === undefined) {
      if (isAgain) again.set(key, { index: lines.length, text, times: 1 });
      lines.push(line);
      continue;
    }
    before.times += 1;
    const first = lines[before.index];
    if (first !== undefined)
      lines[before.index] = { ...first, text: `${before.text}, ${before.times} times in all` };
  }
  return lines;
}

/** Null for what tells nothing of an end. */
function wordsOf({
  tracepoint,
  reason,
  process,
  context,
  state,
  newState,
  number,
}: KernelLine): string | null {
  const why = reason === null || reason === 'NOT_SPECIFIED' ? '' : ` (${reason})`;
  switch (tracepoint) {
    case 'send-reset': {
      const who = context === 'process' && process?.command ? `, by ${processWords(process)}` : '';
      return `sent a RST${why}${who}`;
    }
    case 'receive-reset':
      return 'received a RST';
    case 'retransmit':
      return 'sent again';
    case 'retransmit-synack':
      return 'sent its SYN-ACK again';
    case 'set-state':
      return state === null || newState === null ? null : `${state} -> ${newState}`;
    case 'socket-error':
      return number === null ? null : `its socket got the error ${errors[number] ?? number}`;
    case 'drop':
      return `dropped a packet${why}`;
    case 'icmp-send':
      return 'sent an ICMP error';
    default:
      return null;
  }
}

/** Linux's numbers. */
const errors: Readonly<Record<number, string>> = {
  ...{ 32: 'EPIPE', 103: 'ECONNABORTED', 104: 'ECONNRESET', 110: 'ETIMEDOUT', 111: 'ECONNREFUSED' },
  ...{ 112: 'EHOSTDOWN', 113: 'EHOSTUNREACH', 101: 'ENETUNREACH' },
};

function bySockets({ kernel, server }: Story): Told[] {
  return kernel.sockets.flatMap((socket): Told[] => {
    if (socket.change !== 'destroyed') return [];
    const side = socket.tuple.src === server?.address ? 'server' : 'client';
    return [{ at: socket.at, side, node: socket.node, text: endWords(socket), mark: null }];
  });
}

function endWords({ process, unread, unsent, retransmissions }: SocketLine): string {
  const known = [
    ...(unread !== null && unread > 0 ? [`${unread} bytes unread`] : []),
    ...(unsent !== null && unsent > 0 ? [`${unsent} bytes not acknowledged`] : []),
    ...(retransmissions !== null && retransmissions > 0 ? [`sent again ${retransmissions} times`] : []),
  ];
  const whose = process?.command ? ` of ${processWords(process)}` : '';
  return `its socket${whose} ended${known.length === 0 ? '' : `: ${known.join(', ')}`}`;
}

const processWords = ({ command, pid }: NonNullable<KernelLine['process']>): string =>
  `${command ?? 'a process'}${pid === null ? '' : ` (pid ${pid})`}`;

/** Copies of one error are seen on several interfaces within this, microseconds. */
const sameError = 10_000;

function byErrors({ errors: { own }, goesToClient, server, lost }: Story): Told[] {
  const first = own.filter((error, index) => !own.slice(0, index).some((before) => isCopy(before, error)));
  return first.map((error) => {
    const about = goesToClient(error) ? "the server's" : "the client's";
    const isServers = [server?.address, lost.target.address].includes(error.src);
    return {
      ...{ at: error.at, node: error.node, side: isServers ? 'server' : 'node', mark: null },
      text: `ICMP error ${error.type}/${error.code} from ${error.src} about ${about} packet`,
    };
  });
}

const isCopy = (a: IcmpErrorEvent, b: IcmpErrorEvent): boolean =>
  a.src === b.src &&
  a.type === b.type &&
  a.code === b.code &&
  Math.abs(parseMicros(a.at) - parseMicros(b.at)) <= sameError;

/** What the end of a run brings is no part of it, microseconds. */
const soon = 1_000_000;

/** What our own probes were told by their kernels; of other programs nobody tells it. */
function byPrograms({ lost, ended }: Story): Told[] {
  const ends = [
    ...(lost.report === null ? [] : [{ side: 'client', ...lost.report } as const]),
    ...(ended === null || parseMicros(ended.at) > lost.failedAt + soon
      ? []
      : [{ side: 'server', ...ended } as const]),
  ];
  return ends.map(({ at, side, syscall, errno }) => ({
    ...{ at, side, node: null, mark: null },
    text: `its program: ${syscall}, ${errno}`,
  }));
}
