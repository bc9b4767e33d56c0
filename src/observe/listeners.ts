// Which TCP ports the node and its pods listen on, as they come and go: a process that dies takes its listener with it.
import { formatMicros } from '../model/clock.ts';
import { listenerChanges, listeningPorts } from './listening-ports.ts';
import type { ListeningPorts } from './listening-ports.ts';
import type { PodFinder } from './pod-namespaces.ts';
import { startSampler } from './sampler.ts';
import { trackScopes } from './scopes.ts';
import type { Scope } from './scopes.ts';
import type { Source } from './source.ts';

/** Reads the listening sockets at intervals. Those that were there at the start are in the raw file only: they did not change. */
export function listenersSource(pods: PodFinder): Source {
  return {
    name: 'listeners',
    start(context) {
      const { clock, node, file } = context;
      const raw = context.openRaw();
      const tell = (scope: string, change: 'opened' | 'closed', port: number) => {
        const at = formatMicros(clock.now());
        const text = `${at} ${scope}:${port} ${change}`;
        raw.write(`${text}\n`);
        const base = { at, source: 'listeners', text, node, file } as const;
        context.emit({ event: 'listener', ...base, scope, change, port });
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
      const sampler = startSampler({
        ...context.pace,
        monotonic: () => clock.monotonic(),
        sample() {
          scopes.each((scope) => {
            const now = tryRead(scope.proc);
            if (now === undefined) return false;
            compare(scope, now);
            scope.state = now;
            return true;
          });
        },
        onError: (error) => context.limited(`a reading failed: ${String(error)}`, null),
      });
      scopes.each(({ name, state }) => {
        raw.write(
          `${formatMicros(clock.now())} ${name} listens on ${[...state.keys()].join(', ') || 'no port'}\n`,
        );
        return true;
      });
      return {
        scope: `every ${context.pace.periodMs} ms, of the node and ${scopes.size - 1} pods`,
        onReset: () => sampler.soon(),
        async stop() {
          await sampler.stop();
          return { lost: 0, text: 'the last listeners are read' };
        },
      };
    },
  };
}

function tryRead(proc: string): ListeningPorts | undefined {
  try {
    return listeningPorts(proc);
  } catch {
    return undefined;
  }
}
