// Which sockets are worth telling again: all when they are first seen, later those that changed owner, sent again or wait for their peer.
import { parseMicros } from '../../model/clock.ts';
import type { LineEvent, SilenceEvent } from '../../model/node-event.ts';
import { silenceEvent } from '../../packets/silences-between.ts';
import { idsIn, parseSsLine, type SsSocket } from '../../system/tools/ss.ts';
import type { PodNames } from '../names/pod-names.ts';
import type { EndBudget } from './end-budget.ts';
import type { ProcessIdentity } from './process-identity.ts';
import {
  endedUnanswered,
  endedUnfinished,
  hadNoPeer,
  isWaiting,
  sideOf,
  socketEvent,
  type SocketEvent,
} from './connection-event.ts';
import { createAcceptors, type ListenerList } from './acceptors.ts';
import type { FoundOwners } from './socket-owners.ts';
import { ownerByCgroup, ownerOf, type SocketOwner } from './socket-process.ts';
import { createSocketSilences } from './socket-silences.ts';
import { createSocketTable } from './socket-table.ts';

export interface ScopeList {
  readonly scope: string;
  /** Hands on what there is, as ss prints it; resolves when that was all. */
  readonly read: (onLine: (line: string) => void) => Promise<void>;
}

export interface SocketRecords {
  /** Takes lists of what there is now, one after the other; resolves with how far owners were found. Rejects where a list does. */
  seen(lists: readonly ScopeList[]): Promise<Omit<FoundOwners, 'pids'>>;
  /** `at`: ISO 8601 with microseconds. */
  ended(at: string, scope: string, socket: SsSocket, text: string): void;
  /** Tells what waits for more of its kind. To be called once, at the end. */
  end(): void;
  /** How many, in words. */
  summary(): string;
}

export interface RecordsOptions {
  readonly podNames: PodNames;
  /** Milliseconds. */
  readonly monotonic: () => number;
  /** ISO 8601 with microseconds. */
  readonly now: () => string;
  /** For ends of sockets that no list had: of those that tell nothing, and of those whose last question nobody answered. */
  readonly budgets: { readonly orderly: EndBudget; readonly unanswered: EndBudget };
  /** `text` is the raw line; without an event it is kept in the raw file alone. */
  readonly tell: (event: LineEvent<SocketEvent | SilenceEvent> | undefined, text: string) => void;
  /** Of all sockets of the machine. */
  readonly findOwners: () => Promise<FoundOwners>;
  readonly identify: (pid: string) => ProcessIdentity | undefined;
}

export function createSocketRecords(options: RecordsOptions): SocketRecords {
  const { podNames, monotonic, now, budgets, tell, findOwners, identify } = options;
  const table = createSocketTable(monotonic);
  const acceptors = createAcceptors();
  const silences = createSocketSilences((lost) => {
    const { event, text } = silenceEvent(lost);
    tell(event, `${event.at} ${text}`);
  });
  let [seen, ended, untold, isFirst] = [0, 0, 0, true];

  function see(
    scope: string,
    socket: SsSocket,
    text: string,
    owner: SocketOwner,
    wasLookedFor: boolean,
  ): void {
    const { cookie, inode } = socket;
    const known = cookie === null ? undefined : table.of(cookie);
    const retransmissions = socket.retransmissions ?? 0;
    const waits = isWaiting(socket);
    const isNews =
      known === undefined ||
      !sameOwner(known.owner, owner) ||
      retransmissions > known.retransmissions ||
      (waits && !known.isWaiting);
    const side = known?.side ?? sideOf(socket) ?? (owner.by === 'listener' ? 'server' : null);
    if (cookie !== null)
      table.put(cookie, { inode, owner, side, retransmissions, isWaiting: waits, wasLookedFor });
    if (cookie !== null) silences.listed(cookie, () => ({ ...socket, side }), text, monotonic() * 1_000);
    if (known === undefined) seen += 1;
    if (!isNews) return;
    const at = now();
    tell(socketEvent(at, scope, 'seen', socket, owner, side), `${at} ${scope} ${text}`);
  }

  /** A process has many sockets; it is asked once, and they share what it answers. */
  function rememberOwners(): (pids: readonly string[], cgroup: string | null) => SocketOwner {
    const owners = new Map<string, SocketOwner>();
    return (pids, cgroup) => {
      const key = pids.length === 0 ? `in ${cgroup ?? ''}` : pids.join(' ');
      const before = owners.get(key);
      if (before !== undefined) return before;
      const owner = ownerOf(pids, cgroup, podNames, identify);
      owners.set(key, owner);
      return owner;
    };
  }

  /** Whose a socket is that nobody has open, or that nobody looked for. */
  function withoutDescriptor(scope: string, { local, cgroup }: SsSocket): SocketOwner {
    return acceptors.ownerOf(scope, local.address, local.port) ?? ownerByCgroup(cgroup, podNames);
  }

  function startListing() {
    const ownerNow = rememberOwners();
    let found: FoundOwners | undefined;
    const put: ListenerList[] = [];
    // Of what is new, until its owners were looked for.
    const held: { readonly scope: string; readonly listeners: ListenerList; readonly text: string }[] = [];

    const takeNew = (scope: string, listeners: ListenerList, text: string, wasLookedFor: boolean) => {
      const socket = parseSsLine(text);
      if (socket === undefined) return;
      const { inode, cookie, cgroup } = socket;
      const pids = inode === null ? [] : (found?.pids.get(inode) ?? []);
      if (socket.state === 'LISTEN') {
        listeners.add(socket, pids.length === 0 ? null : ownerNow(pids, cgroup));
        return;
      }
      const known = cookie === null ? undefined : table.of(cookie);
      const owner =
        pids.length > 0 ? ownerNow(pids, cgroup) : (known?.owner ?? withoutDescriptor(scope, socket));
      // One that was found has been looked for, be it accepted since the look began or not.
      see(scope, socket, text, owner, wasLookedFor || pids.length > 0);
    };
    const look = async () => {
      found = await findOwners();
    };
    /** A socket may be handed on: one that others have now is taken for new by the next list. */
    const noteHandedOn = () => {
      table.replace((known) => {
        const pids = known.inode === null ? undefined : found?.pids.get(known.inode);
        const isSame = pids === undefined || sameOwner(known.owner, ownerNow(pids, null));
        return isSame ? known : { ...known, wasLookedFor: false };
      });
    };
    return {
      look,
      async list({ scope, read }: ScopeList) {
        const listeners = acceptors.list(scope);
        put.push(listeners);
        await read((line) => {
          const text = line.trimEnd();
          const { cookie, inode } = idsIn(text);
          if (text.startsWith('LISTEN')) {
            if (listeners.keeps(cookie)) return;
          } else {
            const known = cookie === null ? undefined : table.of(cookie);
            // One that its program has let go of is whose it was.
            if (known !== undefined && (known.wasLookedFor || inode === null)) {
              if (inode === null || known.inode === inode) takeKnown(scope, text, cookie ?? '', known);
              else held.push({ scope, listeners, text: copied(text) });
              return;
            }
          }
          if (found === undefined) held.push({ scope, listeners, text: copied(text) });
          else takeNew(scope, listeners, text, false);
        });
      },
      async end(): Promise<Omit<FoundOwners, 'pids'>> {
        if (held.length > 0) {
          if (held.some(({ text }) => idsIn(text).inode !== null)) await look();
          noteHandedOn();
          // Listeners first: who has them accepted the others.
          const isListener = ({ text }: (typeof held)[number]) => text.startsWith('LISTEN');
          for (const { scope, listeners, text } of held.filter(isListener))
            takeNew(scope, listeners, text, true);
          for (const list of put) list.end();
          for (const { scope, listeners, text } of held)
            if (!text.startsWith('LISTEN')) takeNew(scope, listeners, text, true);
        } else for (const list of put) list.end();
        return { refused: found?.refused ?? 0, leftOut: found?.leftOut ?? false };
      },
    };
  }

  function takeKnown(
    scope: string,
    text: string,
    cookie: string,
    known: NonNullable<ReturnType<typeof table.of>>,
  ) {
    const socket = mayBeNews.test(text) ? parseSsLine(text) : undefined;
    if (socket !== undefined) {
      see(scope, socket, text, known.owner, known.wasLookedFor);
      return;
    }
    table.put(cookie, known.isWaiting ? { ...known, isWaiting: false } : known);
    const read = () => {
      const whole = parseSsLine(text);
      return whole && { ...whole, side: known.side };
    };
    silences.listed(cookie, read, text, monotonic() * 1_000);
  }

  return {
    async seen(lists) {
      const listing = startListing();
      // At first all are new: whoever knows the owners before need not hold the lines.
      if (isFirst) await listing.look();
      isFirst = false;
      for (const list of lists) await listing.list(list);
      return await listing.end();
    },
    ended(at, scope, socket, text) {
      if (hadNoPeer(socket)) return;
      ended += 1;
      const { cookie } = socket;
      const known = cookie === null ? undefined : table.of(cookie);
      const owner = known?.owner ?? withoutDescriptor(scope, socket);
      const side = known?.side ?? (owner.by === 'listener' ? 'server' : sideOf(socket));
      if (cookie !== null) table.ended(cookie);
      silences.ended(socket, side, text, parseMicros(at), monotonic() * 1_000);
      const isTold =
        known !== undefined ||
        endedUnfinished(socket) ||
        budgets[endedUnanswered(socket, side) ? 'unanswered' : 'orderly'].take();
      if (!isTold) untold += 1;
      tell(
        isTold ? socketEvent(at, scope, 'destroyed', socket, owner, side) : undefined,
        `${at} ${scope} ${text}`,
      );
    },
    end: () => silences.end(),
    summary: () =>
      `${seen} connections seen, ${ended} ended` +
      (untold === 0 ? '' : `; ${untold} short ones that ended in order are in the raw file only`),
  };
}

/** What sent again, or has something that is not acknowledged or not taken; all else of a known socket is no news. */
const mayBeNews = / timer:\((?:on|persist),| retrans:/;

/** A line is a part of what came with it, which would stay in memory as long as the line does. */
const copied = (text: string): string => Buffer.from(text).toString();

function sameOwner(a: SocketOwner, b: SocketOwner): boolean {
  if (a === b) return true;
  const keys = ['pid', 'command', 'container', 'pod'] as const;
  return (
    a.cgroup === b.cgroup && keys.every((key) => (a.process?.[key] ?? null) === (b.process?.[key] ?? null))
  );
}
