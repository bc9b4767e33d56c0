// Redis: redis-cli, fed through a pipe, asks a redis-server; where the server is to speak or close unasked, clients are subscribers.
import type { ServerSpec } from '../../../model/scenario.ts';
import { programPath } from '../../../system/workload-programs.ts';
import { clientLoop, everySoOften } from './client-loop.ts';
import { seconds, type ForeignWorkload, type ServerTask } from './workload.ts';

/** Subscribers, and nobody else, notice at once what the server does: any other redis-cli looks at its stdin meanwhile. */
const subscribes = ({
  pushEveryMs,
  closeEveryMs,
  closeWith,
}: Pick<ServerTask, 'pushEveryMs' | 'closeEveryMs' | 'closeWith'>) =>
  pushEveryMs !== undefined || (closeEveryMs !== undefined && closeWith !== 'unread');

export const redis: ForeignWorkload = {
  name: 'redis',
  about: 'redis-server and redis-cli',
  programs: ['redis-server', 'redis-cli', 'bash'],
  unable({ deadlineMs, idleTimeoutMs, closeWith }: ServerSpec) {
    if (deadlineMs !== undefined || idleTimeoutMs !== undefined)
      return 'Redis hangs up on idle clients in whole seconds only';
    return closeWith === 'reset' ? 'Redis never sets linger 0' : null;
  },
  files: () => ({}),
  prepare: () => null,
  server({ port, folder }) {
    return [
      programPath('redis-server'),
      ...['--port', String(port)],
      ...['--dir', folder],
      ...['--protected-mode', 'no'],
      ...['--save', ''],
      ...['--appendonly', 'no'],
      ...['--enable-debug-command', 'local'],
    ];
  },
  beside(task) {
    const { port, pushEveryMs, closeEveryMs, closeWith, clientPeriodMs } = task;
    const cli = [programPath('redis-cli'), '-p', String(port)];
    if (pushEveryMs !== undefined) {
      return clientLoop({ connections: 1, periodMs: pushEveryMs, line: 'PUBLISH news push' }, cli);
    }
    if (closeEveryMs === undefined) return null;
    if (closeWith === 'unread') {
      // What comes while it sleeps is unread when the same command closes the connections.
      const sleep = `DEBUG SLEEP ${seconds(closeEveryMs / 4)}`;
      const text = ['MULTI', sleep, 'CLIENT KILL TYPE normal SKIPME yes', 'EXEC'].join('\n');
      return everySoOften(closeEveryMs, text, cli);
    }
    const rounds = Math.max(1, Math.round(closeEveryMs / clientPeriodMs));
    const text = [...Array<string>(rounds).fill('PUBLISH news push'), 'CLIENT KILL TYPE pubsub'].join('\n');
    return everySoOften(closeEveryMs, text, cli);
  },
  saysLong: true,
  clients({ address, port, connections, periodMs, payloadBytes, server }) {
    const cli = [programPath('redis-cli'), '-h', address, '-p', String(port)];
    if (!subscribes(server))
      return clientLoop(
        { connections, periodMs, line: `PING ${'a-question-of-the-lab'.padEnd(payloadBytes, '.')}` },
        cli,
      );
    // A subscriber reads its connection and never its stdin again.
    return clientLoop({ connections, periodMs, line: 'SUBSCRIBE news' }, cli);
  },
  stopSignal: 'SIGTERM',
};
