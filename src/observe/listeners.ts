// Which TCP ports the node and its pods listen on, as they come and go: a process that dies takes its listener with it.
import { formatMicros } from '../model/clock.ts';
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
    const tell = (scope: string, change: 'opened' | 'closed', port: number) => {
      const at = formatMicros(clock.now());
      const text = `${at} ${scope}:${port} ${change}`;
      raw.write(`${text}\n`);
      context.emit({ event: 'listener', at, scope, change, port }, text);
    };
    const compare = ({ name, state }: Scope<ListeningPorts>, now: ListeningPorts) => {
      for (const [change, port] of listenerChanges(state, now)) tell(name, change, port);
    };
    const scopes = trackScopes<ListeningPorts>({
      node: { name: node, proc: context.proc },
      pods,
      begin: (proc, first) => (first ? tryRead(proc) : new Map()),
      onGone: (scope) => compare(scope, new Map()),
    });
    scopes.each(({ name, state }) => {
      raw.write(
        `${formatMicros(clock.now())} ${name} listens on ${[...state.keys()].join(', ') || 'no port'}\n`,
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
          scope.state = now;
          return true;
        });
      },
    });
  },
};

function tryRead(proc: string): ListeningPorts | undefined {
  try {
    return listeningPorts(proc);
  } catch {
    return undefined;
  }
}
