// A node's observer answers its followers on a unix socket: what was told lately and what is told from now on. When nobody has asked
// for a while, it is not wanted any more.
import { rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { formatMicros, type Clock, type Micros } from '../../model/clock.ts';
import type { NodeEvent } from '../../model/node-event.ts';
import { followerLineSchema, type FollowerLine, type ObserverLine } from '../../model/observer-line.ts';
import { splitLines } from '../../system/split-lines.ts';
import { createEventRing } from './event-ring.ts';
import { createToldConnections, type WantedOfNode } from './told-connections.ts';

export interface FollowersOptions {
  /** Of the unix socket. */
  readonly path: string;
  readonly node: string;
  readonly version: string;
  /** What tells this process from the next one. */
  readonly run: string;
  /** So long without a word from anybody, and it is not wanted any more. */
  readonly unaskedMs: number;
  /** How long what was told is held for a follower that was cut off. */
  readonly keepMs: number;
  readonly clock: Clock;
}

export interface Followers {
  take(event: NodeEvent): void;
  read(witness: string, until: Micros): void;
  /** Every witness has said whether it runs. */
  begun(): void;
  /** Resolves when nobody has asked for so long. */
  readonly unasked: Promise<undefined>;
  stop(): Promise<void>;
}

const mostBytes = 24 << 20;
/** A follower that reads no faster is cut off, and may come back for what is held then. */
const mostUnread = 16 << 20;
const longestLine = 1 << 20;
const mostFollowers = 8;
/** A follower speaks every few seconds; the stream of one that was cut off may seem to be open for hours. */
const silentMs = 30_000;
/** How often it is said that all has been told. */
const tickMs = 200;

interface Follower {
  readonly socket: Socket;
  wanted: WantedOfNode;
  hasAsked: boolean;
  /** Milliseconds of the steady clock. */
  heardAt: number;
}

/** Listens at the path. Rejects with the system's error where that cannot be. */
export async function serveFollowers(options: FollowersOptions): Promise<Followers> {
  const { path, node, version, run, unaskedMs, keepMs, clock } = options;
  const ring = createEventRing({ mostBytes, keepMs });
  const told = createToldConnections(node);
  const followers = new Set<Follower>();
  const readUntil = new Map<string, Micros>();
  const { promise: unasked, resolve: leave } = Promise.withResolvers<undefined>();
  let askedAt = clock.monotonic();
  let hasBegun = false;

  const say = ({ socket }: Follower, line: ObserverLine): void => put(socket, JSON.stringify(line));

  function put(socket: Socket, line: string): void {
    if (socket.destroyed) return;
    socket.write(`${line}\n`);
    if (socket.writableLength > mostUnread) socket.destroy();
  }

  /** The first line says where it was. */
  function begin(follower: Follower, after: FollowerLine['after']): void {
    const number = after !== null && after !== undefined && after.run === run ? after.number : 0;
    const lostBefore = number === 0 ? 0 : ring.lostAfter(number);
    say(follower, { kind: 'observer', schemaVersion: 1, node, run, version, lostBefore });
    for (const { line } of ring.after(number)) put(follower.socket, line);
    for (const [witness, until] of readUntil) sayRead(follower, witness, until);
    if (hasBegun) say(follower, { kind: 'begun' });
    say(follower, { kind: 'now', at: formatMicros(clock.now()) });
  }

  const sayRead = (follower: Follower, witness: string, until: Micros) =>
    say(follower, { kind: 'read', witness, until: formatMicros(until) });

  function hear(follower: Follower, line: string): void {
    askedAt = clock.monotonic();
    follower.heardAt = askedAt;
    const said = parse(line);
    if (said === undefined) {
      follower.socket.destroy();
      return;
    }
    if (said.wanted !== undefined) {
      follower.wanted = said.wanted;
      const all = [...followers].map(({ wanted }) => wanted);
      const addresses = all.flatMap((one) => one.addresses);
      const ports = all.flatMap((one) => one.ports);
      for (const event of told.want({ addresses, ports })) tell(event);
    }
    if (follower.hasAsked) return;
    follower.hasAsked = true;
    begin(follower, said.after);
  }

  function tell(event: NodeEvent): void {
    const { line } = ring.add(
      (next) => JSON.stringify({ kind: 'event', number: next, event } satisfies ObserverLine),
      clock.monotonic(),
    );
    for (const { socket, hasAsked } of followers) if (hasAsked) put(socket, line);
  }

  const server = createServer((socket) => {
    const follower: Follower = {
      socket,
      wanted: { addresses: [], ports: [] },
      hasAsked: false,
      heardAt: clock.monotonic(),
    };
    followers.add(follower);
    socket.once('close', () => followers.delete(follower));
    // Who goes away comes back for the rest, or does not.
    socket.on('error', () => undefined);
    let bytes = 0;
    const split = splitLines((line) => {
      bytes = 0;
      hear(follower, line);
    });
    socket.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > longestLine && !chunk.includes('\n')) socket.destroy();
      else split(chunk);
    });
  });
  server.maxConnections = mostFollowers;
  await listenAt(server, path);

  const timer = setInterval(() => {
    const line = JSON.stringify({ kind: 'now', at: formatMicros(clock.now()) } satisfies ObserverLine);
    const now = clock.monotonic();
    for (const { socket, hasAsked, heardAt } of followers) {
      if (now - heardAt > silentMs) socket.destroy();
      else if (hasAsked) put(socket, line);
    }
    if (now - askedAt >= unaskedMs) leave(undefined);
  }, tickMs);

  return {
    take(event) {
      if (told.isTold(event)) tell(event);
    },
    read(witness, until) {
      readUntil.set(witness, until);
      for (const follower of followers) if (follower.hasAsked) sayRead(follower, witness, until);
    },
    begun() {
      hasBegun = true;
      // Nobody could be told anything before.
      askedAt = clock.monotonic();
      for (const follower of followers) if (follower.hasAsked) say(follower, { kind: 'begun' });
    },
    unasked,
    async stop() {
      clearInterval(timer);
      server.close();
      for (const { socket } of followers) socket.destroy();
      await rm(path, { force: true });
    },
  };
}

function parse(line: string): FollowerLine | undefined {
  try {
    return followerLineSchema.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}

function listenAt(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
