// gRPC: server and clients are a program that the user names, run by a Node.js; the library is none of ours to ship.
import type { ServerSpec } from '../../../model/scenario.ts';
import { nodeForOthers } from '../../../system/own-program.ts';
import type { ForeignWorkload } from './workload.ts';

/**
 * @param program A script that is started as `node PROGRAM server PORT MAX_AGE_MS` (0: no bound on a connection's age) and as
 *   `node PROGRAM clients HOST PORT CONNECTIONS PERIOD_MS TIMEOUT_MS`, and that `nobody` can read.
 */
export function grpc(program: string): ForeignWorkload {
  const node = [nodeForOthers(), program];
  return {
    name: 'grpc',
    about: 'a gRPC server and clients, by a program of the user’s',
    programs: [],
    unable({ deadlineMs, idleTimeoutMs, pushEveryMs, closeEveryMs, closeWith = 'fin' }: ServerSpec) {
      if (deadlineMs !== undefined)
        return 'a gRPC server hangs up on idle clients, not on those that are late';
      if (idleTimeoutMs !== undefined) return 'gRPC says GOAWAY before it closes an idle connection';
      if (pushEveryMs !== undefined) return 'the program’s calls are answered, and nothing is said unasked';
      const aborts = closeEveryMs !== undefined && closeWith !== 'fin';
      return aborts ? 'gRPC says GOAWAY before it closes, and closes with a FIN' : null;
    },
    files: () => ({}),
    prepare: () => null,
    server: ({ port, closeEveryMs = 0 }) => [
      ...node,
      'server',
      String(port),
      String(Math.round(closeEveryMs)),
    ],
    beside: () => null,
    clients({ address, port, connections, periodMs, timeoutMs }) {
      const numbers = [port, connections, Math.round(periodMs), Math.round(timeoutMs)];
      return [...node, 'clients', address, ...numbers.map(String)];
    },
    stopSignal: 'SIGTERM',
  };
}
