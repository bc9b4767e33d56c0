// Which TCP ports the node and its pods listen on, as they come and go: a process that dies takes its listener with it.
import { formatMicros } from '../model/clock.ts';
import { findOwners, whatBecameOf, type ListenerOwners } from './listener-owners.ts';
import { listenerChanges, listeningPorts, type ListeningPorts } from './listening-ports.ts';
import { ownAddressesIn } from './local-addresses.ts';
import { readAtIntervals } from './sampled-witness.ts';
import { podLimit, trackScopes, type Scope } from './scopes.ts';
import type { Witness } from './witness.ts';

/** Reads the listening sockets at intervals. Those that were there at the start are in the raw file only: they did not change. */
export const listeners: Witness = {
  name: 'listeners',
  extension: 'log',
  share: 3,
  start(context) {
    const { clock, node, pods } = context;
    const raw = context.openRaw();
    const tell = (scope: string, change: 'opened' | 'closed', port: number, owner?: 'ended' | 'lives') => {
      const at = formatMicros(clock.now());
      const text = `${at} ${scope}:${port} ${change}${owner === undefined ? '' : ownerWords[owner]}`;
      raw.write(`${text}\n`);
      const more = owner === undefined ? {} : { owner };
      context.emit({ event: 'listener', at, scope, change, port, ...more }, text);
    };
    const compare = ({ name, state }: Scope<Listening>, now: ListeningPorts) => {
      for (const [change, port] of listenerChanges(state.ports, now)) {
        const owners = [...(state.ports.get(port) ?? [])].map((inode) => state.owners.get(inode) ?? []);
        // One whose owners nobody found may be anybody's.
        const known = change === 'closed' && owners.every(({ length }) => length > 0) ? owners.flat() : [];
        tell(name, change, port, whatBecameOf(known));
      }
    };
    const scopes = trackScopes<Listening>({
      node: { name: node, proc: context.proc },
      pods,
      begin: (proc, first) => (first ? begunWith(proc) : { ports: new Map(), owners: new Map() }),
      onGone: (scope) => compare(scope, new Map()),
    });
    scopes.each(({ name, state }) => {
      raw.write(
        `${formatMicros(clock.now())} ${name} listens on ${[...state.ports.keys()].join(', ') || 'no port'}\n`,
      );
      return true;
    });
    return readAtIntervals(context, {
      scope: `every ${context.pace.periodMs} ms, of the node and ${scopes.size - 1} pods`,
      limit: podLimit(pods),
      ownAddresses: ownAddressesIn(context.proc),
      end: () => 'the last listeners are read',
      sample() {
        scopes.each((scope) => {
          const now = tryRead(scope.proc);
          if (now === undefined) return false;
          compare(scope, now);
          scope.state = { ports: now, owners: ownersOf(now, scope.state.owners, scope.proc) };
          return true;
        });
      },
    });
  },
};

interface Listening {
  readonly ports: ListeningPorts;
  readonly owners: ListenerOwners;
}

const ownerWords = { ended: ', and its process ended', lives: ', and its process lives' } as const;

function begunWith(proc: string): Listening | undefined {
  const ports = tryRead(proc);
  return ports === undefined ? undefined : { ports, owners: ownersOf(ports, new Map(), proc) };
}

/** Looks for those of new sockets only: it walks through all processes. */
function ownersOf(ports: ListeningPorts, known: ListenerOwners, proc: string): ListenerOwners {
  const inodes = new Set([...ports.values()].flatMap((own) => [...own]));
  const fresh = inodes.difference(new Set(known.keys()));
  const kept = [...known].filter(([inode]) => inodes.has(inode));
  if (fresh.size === 0) return kept.length === known.size ? known : new Map(kept);
  const found = findOwners(fresh, proc);
  return new Map([...kept, ...[...fresh].map((inode) => [inode, found.get(inode) ?? []] as const)]);
}

function tryRead(proc: string): ListeningPorts | undefined {
  try {
    return listeningPorts(proc);
  } catch {
    return undefined;
  }
}
