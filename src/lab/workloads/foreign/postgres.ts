// PostgreSQL: psql asks again and again by itself (\\watch).
import type { ServerSpec } from '../../../model/scenario.ts';
import { programPath } from '../../../system/workload-programs.ts';
import { clientLoop } from './client-loop.ts';
import { seconds, type ClientTask, type ForeignWorkload } from './workload.ts';

function question({ periodMs, server: { pushEveryMs } }: ClientTask): string {
  if (pushEveryMs !== undefined) {
    // One question that never ends, and notices meanwhile: the server alone speaks.
    return `DO $$ BEGIN LOOP RAISE NOTICE 'push'; PERFORM pg_sleep(${seconds(pushEveryMs)}); END LOOP; END $$;`;
  }
  return `SELECT 1 \\watch ${seconds(periodMs)}`;
}

const role = 'lab';

export const postgres: ForeignWorkload = {
  name: 'postgres',
  about: 'PostgreSQL and psql',
  programs: ['postgres', 'initdb', 'psql', 'bash'],
  unable({ deadlineMs, idleTimeoutMs, closeWith = 'fin', closeEveryMs }: ServerSpec) {
    if (idleTimeoutMs !== undefined) return 'PostgreSQL says goodbye to idle clients before it closes';
    if (deadlineMs !== undefined) return 'PostgreSQL answers whoever is late';
    if (closeEveryMs === undefined) return null;
    return closeWith === 'fin'
      ? 'psql hears only while it waits for an answer that the server closed, and to close then is to abort'
      : 'PostgreSQL says goodbye before it closes, and closes with a FIN';
  },
  files: () => ({ hba: 'host all all all trust\n' }),
  prepare: ({ folder }) => [
    programPath('initdb'),
    ...['--pgdata', `${folder}/data`, '--username', role, '--auth', 'trust'],
    ...['--no-sync', '--no-locale', '--encoding', 'UTF8'],
  ],
  server: ({ port, folder }) => [
    programPath('postgres'),
    ...['-D', `${folder}/data`, '-p', String(port)],
    ...Object.entries({
      listen_addresses: '*',
      unix_socket_directories: '',
      fsync: 'off',
      // In its own folder, and not in the machine's /dev/shm, where what is killed leaves it.
      dynamic_shared_memory_type: 'mmap',
      hba_file: `${folder}/hba`,
      max_connections: '60',
      shared_buffers: '16MB',
    }).flatMap(([key, value]) => ['-c', `${key}=${value}`]),
  ],
  beside: () => null,
  clients(task) {
    const { address, port, connections, timeoutMs } = task;
    // It takes whole seconds for connecting, two at least.
    const connect = Math.max(2, Math.ceil(timeoutMs / 1_000));
    const options = `connect_timeout=${connect} tcp_user_timeout=${Math.round(timeoutMs)}`;
    // It is asked to go on asking; what more is said to it is how the one who says it hears that it has ended.
    const spoken = { connections, periodMs: 500, line: question(task) };
    return clientLoop(spoken, psql(address, port, options));
  },
  stopSignal: 'SIGINT',
};

function psql(address: string, port: number, options = ''): string[] {
  const where = `host=${address} port=${port} user=${role} dbname=postgres sslmode=disable ${options}`;
  return [programPath('psql'), '--no-psqlrc', '--quiet', where.trim()];
}
