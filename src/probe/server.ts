// The seed's server: accepts connections and answers every line of each, until it is stopped.
import { createServer, type Server } from 'node:net';
import type { Endpoint } from '../model/endpoint.ts';
import { printedAddress } from './address.ts';
import { createAdmission, type AdmissionLimits, type TurnedAway } from './admission.ts';
import { createDeadlines } from './deadlines.ts';
import { failureOf } from './failure.ts';
import { acceptErrorInGo } from './go-words.ts';
import { createLineRoom } from './line-room.ts';
import { listenProblem } from './listen-problem.ts';
import { misbehave, type Misbehaviour } from './misbehaviour.ts';
import { serveConnection, type Announcements, type ServedConnection } from './served-connection.ts';
import { createSilentPeers } from './silent-peers.ts';
import { settleWithin } from './settle-within.ts';
import { moment, type Surroundings } from './surroundings.ts';

export interface ServerSettings {
  /** An empty address means all, IPv4 and IPv6; port 0 lets the kernel choose. */
  readonly listen: Endpoint;
  /** For reading one line and writing its answer. */
  readonly deadlineMs: number;
  /** Bytes. */
  readonly maxLine: number;
  /** Connections that may be open at once; a further one is closed as soon as it is accepted. Default: any number. */
  readonly maxConnections?: number;
  /** Stricter than maxConnections, and instead of it; hears of each connection that they turn away. Default: none. */
  readonly admission?: AdmissionLimits & { readonly onTurnedAway: (why: TurnedAway) => void };
  /** For the first line of a connection and its answer. Milliseconds; default: deadlineMs. */
  readonly firstLineMs?: number;
  /** Connections that may wait to be accepted. Default: as many as the kernel lets wait. */
  readonly backlog?: number;
  /** Ends a connection on which nothing was asked for so long after an answer. Milliseconds; default: deadlineMs, with a failure. */
  readonly idleTimeoutMs?: number;
  /** Other servers listen on the same port, and the kernel deals out the connections. Default: no. */
  readonly sharedPort?: boolean;
  /** Default: none. */
  readonly misbehaviour?: Misbehaviour;
  /** What it says unasked. Default: nothing. */
  readonly announcements?: Announcements;
  /** Hears of lines that were answered. */
  readonly onAnswers?: (lines: number) => void;
}

export interface RunningServer {
  /** `ADDRESS:PORT` */
  readonly local: string;
  /** Accepts no more and closes what is open, in an orderly way; resolves at the latest after a second. */
  stop(): Promise<void>;
}

/** As many as Linux lets wait by default, and as Go asks for. */
const defaultBacklog = 4_096;
/** A thousand lines of the longest length that have begun and not ended; more belong to nobody who probes. */
const lineRoomBytes = 64 * 1_024 ** 2;
/** Between two lines about refused connections. */
const refusalsEveryMs = 1_000;
/** How long a peer may take to answer our FIN. */
const graceMs = 250;

/** Resolves when it listens; rejects with a Problem when it cannot. */
export async function startServer(
  settings: ServerSettings,
  surroundings: Surroundings,
): Promise<RunningServer> {
  const open = new Set<ServedConnection>();
  const { idleTimeoutMs } = settings;
  const deadlines = createDeadlines<ServedConnection>(
    idleTimeoutMs ?? settings.deadlineMs,
    surroundings.clock,
    (late) => late.expire(),
  );
  const { firstLineMs = settings.deadlineMs, admission } = settings;
  const firstDeadlines = createDeadlines<ServedConnection>(firstLineMs, surroundings.clock, (late) =>
    late.expire(),
  );
  const guests =
    admission === undefined
      ? undefined
      : createAdmission<ServedConnection>(
          admission,
          () => surroundings.clock.monotonic(),
          admission.onTurnedAway,
        );
  const misbehaviour = settings.misbehaviour ?? { closeWith: 'fin' };
  const misbehaving = misbehave(misbehaviour, open);
  const endings = new Map<ServedConnection, () => void>();
  const silentPeers = createSilentPeers(surroundings);
  const served = {
    maxLine: settings.maxLine,
    lineRoom: createLineRoom(lineRoomBytes),
    deadlines,
    firstDeadlines,
    closesIdle: idleTimeoutMs !== undefined,
    surroundings,
    silentPeers,
    closeWith: misbehaviour.closeWith,
    announcements: settings.announcements ?? {},
    ...(settings.onAnswers === undefined ? {} : { onAnswers: settings.onAnswers }),
    ...(guests === undefined ? {} : { guests }),
    onEnd: (connection: ServedConnection) => {
      open.delete(connection);
      guests?.left(connection);
      endings.get(connection)?.();
      endings.delete(connection);
    },
  };
  const server = createServer({ allowHalfOpen: true, noDelay: true });
  server.on('connection', (socket) => {
    const address = socket.remoteAddress ?? '';
    if (guests?.admits(address) === false) {
      socket.destroy();
      return;
    }
    const connection = serveConnection(socket, served);
    open.add(connection);
    guests?.entered(connection, address);
    endings.set(connection, misbehaving.accepted(connection));
  });

  if (settings.maxConnections !== undefined) server.maxConnections = settings.maxConnections;
  const refusals = countRefusals(surroundings, () => open.size);
  server.on('drop', () => refusals.add());

  const local = await listen(server, settings);
  // Running out of file descriptors must not end the connections that are there.
  server.on('error', (error) => surroundings.log(acceptErrorInGo(failureOf(error), local)));
  surroundings.log('Server started and accepting connections');
  surroundings.report?.({ event: 'listening', ...moment(surroundings), role: 'server', local });

  return {
    local,
    async stop() {
      misbehaving.stop();
      refusals.say();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      const connections = [...open];
      await settleWithin(graceMs, [closed, ...connections.map((connection) => connection.finish())]);
      for (const connection of connections) connection.abort();
      silentPeers.say();
      silentPeers.stop();
      deadlines.stop();
      firstDeadlines.stop();
    },
  };
}

/** A flood of connections must not become a flood of lines: each says how many were refused since the last one. */
function countRefusals(surroundings: Surroundings, open: () => number): { add(): void; say(): void } {
  const { clock } = surroundings;
  let refused = 0;
  let saidMs = -Infinity;
  let openThen = 0;
  const say = () => {
    if (refused === 0) return;
    const what = refused === 1 ? 'a new connection' : `${refused} new connections`;
    surroundings.log(`Refused ${what}: ${openThen} were open, and no more are allowed`);
    refused = 0;
    saidMs = clock.monotonic();
  };
  return {
    add() {
      refused += 1;
      openThen = open();
      if (clock.monotonic() - saidMs >= refusalsEveryMs) say();
    },
    say,
  };
}

function listen(
  server: Server,
  { listen: wanted, sharedPort: reusePort = false, backlog = defaultBacklog }: ServerSettings,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const refused = (error: Error) => reject(listenProblem(error, wanted));
    server.once('error', refused);
    const host = wanted.address === '' ? {} : { host: wanted.address };
    server.listen({ ...host, port: wanted.port, backlog, reusePort }, () => {
      server.off('error', refused);
      const bound = server.address();
      const known = bound !== null && typeof bound === 'object' ? bound : wanted;
      resolve(printedAddress(known.address, known.port) ?? 'unknown');
    });
  });
}
