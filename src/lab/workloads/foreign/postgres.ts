// PostgreSQL: psql asks again and again by itself (\\watch); where the server closes, each question is a long one, so that psql hears it.
import type { ServerSpec } from '../../../model/scenario.ts';
import { programPath } from '../../../system/workload-programs.ts';
import { clientLoop, everySoOften } from './client-loop.ts';
import { seconds, type ClientTask, type ForeignWorkload } from './workload.ts';

/** psql looks at its connection only while it waits for an answer. */
function question({ periodMs, server: { pushEveryMs, closeEveryMs } }: ClientTask): string {
  if (pushEveryMs !== undefined) {
    // One question that never ends, and notices meanwhile: the server alone speaks.
    return `DO $$ BEGIN LOOP RAISE NOTICE 'push'; PERFORM pg_sleep(${seconds(pushEveryMs)}); END LOOP; END $$;`;
  }
  if (closeEveryMs !== undefined) return `SELECT pg_sleep(${seconds(periodMs)}) \\watch 0.001`;
  return `SELECT 1 \\watch ${seconds(periodMs)}`;
}

const role = 'lab';

export const postgres: ForeignWorkload = {
  name: 'postgres',
  about: 'PostgreSQL and psql',
  programs: ['postgres', 'initdb', 'psql', 'bash'],
  unable({ deadlineMs, closeWith = 'fin', closeEveryMs }: ServerSpec) {
    if (deadlineMs !== undefined) return 'PostgreSQL answers whoever is late';
    const aborts = closeEveryMs !== undefined && closeWith !== 'fin';
    return aborts ? 'PostgreSQL says goodbye before it closes, and closes with a FIN' : null;
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
  beside({ port, closeEveryMs }) {
    if (closeEveryMs === undefined) return null;
    const others =
      'SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND client_port > 0;';
    return everySoOften(closeEveryMs, others, psql('127.0.0.1', port));
  },
  clients(task) {
    const { address, connections, timeoutMs, server } = task;
    // It takes whole seconds for connecting, two at least.
    const connect = Math.max(2, Math.ceil(timeoutMs / 1_000));
    const options = `connect_timeout=${connect} tcp_user_timeout=${Math.round(timeoutMs)}`;
    // It is asked to go on asking; what more is said to it is how the one who says it hears that it has ended.
    const spoken = { connections, periodMs: 500, line: question(task) };
    return clientLoop(spoken, psql(address, server.port, options));
  },
  stopSignal: 'SIGINT',
};

function psql(address: string, port: number, options = ''): string[] {
  const where = `host=${address} port=${port} user=${role} dbname=postgres sslmode=disable ${options}`;
  return [programPath('psql'), '--no-psqlrc', '--quiet', where.trim()];
}
