// What addresses are called and whose sockets are whose, as the witnesses told it last.
import type { NodeEvent } from '../../model/node-event.ts';
import type { WatchEnd } from '../../model/watch-record.ts';
import { plainAddress, type Endpoint } from '../../model/endpoint.ts';
import {
  createAliveSockets,
  type AliveCount,
  type AliveSocket,
  type SocketProcess,
} from './alive-sockets.ts';
import { isWhole, socketKey } from './flow-keys.ts';

type NameEvent = Extract<NodeEvent, { event: 'name' }>;

export interface WhoIsWho {
  take(event: NodeEvent): void;
  /** The end at `here` of a connection to `there`. */
  endOf(here: Endpoint, there: readonly Endpoint[]): WatchEnd;
  namesOf(addresses: ReadonlySet<string>): readonly NodeEvent[];
  podsOf(socket: AliveSocket): readonly (string | null)[];
  /** Live connections and their processes; null while nobody has listed any. `isExact` as alive-sockets.ts has it. */
  alive(isWanted: (socket: AliveSocket) => boolean, isExact: boolean): AliveCount | null;
}

/** Owners of sockets that are gone are still asked for, by the losses that came of it. */
const mostGone = 20_000;

export function createWhoIsWho(): WhoIsWho {
  const names = new Map<string, NameEvent>();
  const owners = new Map<string, SocketProcess>();
  const alive = createAliveSockets();
  const gone = new Set<string>();
  let hasList = false;

  function own(key: string, process: SocketProcess | null): void {
    if (process !== null) owners.set(key, merged(owners.get(key), process));
  }

  function end(key: string): void {
    gone.delete(key);
    gone.add(key);
    if (gone.size <= mostGone) return;
    for (const oldest of gone) {
      gone.delete(oldest);
      owners.delete(oldest);
      return;
    }
  }

  function nameOf({ address, port }: Endpoint, kind: NameEvent['kind']): string | null {
    const plain = plainAddress(address);
    const found = names.get(`${plain} ${port}`) ?? names.get(plain);
    return found?.kind === kind ? found.name : null;
  }

  return {
    take(event) {
      switch (event.event) {
        case 'name':
          names.set(`${plainAddress(event.address)}${event.port === null ? '' : ` ${event.port}`}`, event);
          if (event.kind === 'pod') alive.changed();
          return;
        case 'socket': {
          if (!isWhole(event.tuple)) return;
          const key = socketKey(event.tuple);
          own(key, event.process);
          hasList ||= event.change === 'seen';
          if (event.change === 'destroyed') {
            alive.remove(event.cookie ?? key);
            end(key);
          } else {
            gone.delete(key);
            alive.put(event.cookie ?? key, { tuple: event.tuple, process: event.process });
          }
          return;
        }
        case 'kernel': {
          // Who is interrupted has nothing to do with it.
          const isOwner = event.context === 'process' && ownersTell.has(event.tracepoint);
          if (event.tuple === null || !isWhole(event.tuple)) return;
          const key = socketKey(event.tuple);
          if (isOwner && !owners.has(key)) own(key, event.process);
          if (event.tracepoint !== 'destroy-socket') return;
          if (event.cookie !== null) alive.remove(event.cookie);
          end(key);
          return;
        }
        default:
      }
    },
    endOf(here, there) {
      const process = there
        .map((other) => owners.get(socketKey(tupleOf(here, other))))
        .find((one) => one !== undefined);
      return {
        address: here.address,
        port: here.port,
        pod: nameOf(here, 'pod') ?? process?.pod ?? null,
        service: nameOf(here, 'service'),
        process:
          process === undefined
            ? null
            : { pid: process.pid, command: process.command, container: process.container },
      };
    },
    namesOf: (addresses) => [...addresses].flatMap((address) => names.get(plainAddress(address)) ?? []),
    podsOf: ({ tuple: { src, sport, dst, dport }, process }) => [
      process?.pod ?? null,
      nameOf({ address: src, port: sport }, 'pod'),
      nameOf({ address: dst, port: dport }, 'pod'),
    ],
    alive: (isWanted, isExact) => (hasList ? alive.count(isWanted, isExact) : null),
  };
}

/** What a socket's own program does; a program with the right destroys those of others, and a RST is sent for that, too. */
const ownersTell: ReadonlySet<string> = new Set(['destroy-socket', 'set-state']);

const tupleOf = (from: Endpoint, to: Endpoint) => ({
  ...{ src: from.address, sport: from.port, dst: to.address, dport: to.port },
});

/** What one says later in less detail does not undo what was known. */
function merged(known: SocketProcess | undefined, told: SocketProcess): SocketProcess {
  if (known === undefined || known.pid !== told.pid) return told;
  return {
    pid: told.pid,
    command: told.command ?? known.command,
    container: told.container ?? known.container,
    pod: told.pod ?? known.pod,
  };
}
