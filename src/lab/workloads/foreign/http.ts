// HTTP: nginx, and one curl for each connection, which keeps it alive for thousands of requests.
import type { ServerSpec } from '../../../model/scenario.ts';
import { programPath } from '../../../system/workload-programs.ts';
import { clientLoop } from './client-loop.ts';
import { seconds, type ForeignWorkload, type ServerTask } from './workload.ts';

export const http: ForeignWorkload = {
  name: 'http',
  about: 'nginx and curl, with connections that are kept alive',
  programs: ['nginx', 'curl', 'bash'],
  unable({ deadlineMs, pushEveryMs, closeWith }: ServerSpec) {
    if (deadlineMs !== undefined) return 'nginx hangs up on idle clients, not on those that are late';
    if (pushEveryMs !== undefined) return 'in HTTP a server does not speak unasked';
    return closeWith === 'unread' ? 'nginx reads what there is before it closes' : null;
  },
  files: (task) => ({ 'nginx.conf': configuration(task) }),
  prepare: () => null,
  server: ({ folder }) => [
    programPath('nginx'),
    ...['-p', folder, '-c', `${folder}/nginx.conf`, '-e', 'stderr'],
  ],
  beside: () => null,
  clients({ address, port, connections, periodMs, timeoutMs }) {
    const host = address.includes(':') ? `[${address}]` : address;
    const argv = [
      programPath('curl'),
      ...['--silent', '--show-error', '--no-buffer', '--http1.1'],
      ...['--connect-timeout', seconds(timeoutMs), '--max-time', seconds(timeoutMs)],
      // Requests a minute, in whole numbers.
      ...['--rate', `${Math.max(1, Math.round(60_000 / periodMs))}/m`],
      `http://${host}:${port}/[1-100000]`,
    ];
    // It reads no stdin; the line is how the one who says it hears that it has ended.
    return clientLoop({ connections, periodMs: 500, line: '' }, argv);
  },
  stopSignal: 'SIGQUIT',
};

function configuration({
  port,
  folder,
  family,
  clientPeriodMs,
  idleTimeoutMs,
  closeEveryMs,
  closeWith,
}: ServerTask): string {
  const requests =
    closeEveryMs === undefined ? 100_000_000 : Math.max(1, Math.round(closeEveryMs / clientPeriodMs));
  const idle = idleTimeoutMs === undefined ? '1h' : `${Math.round(idleTimeoutMs)}ms`;
  const closes = closeEveryMs !== undefined && closeWith !== 'reset';
  const share = (100 / requests).toFixed(2);
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  return `
daemon off;
worker_processes 1;
pid ${folder}/nginx.pid;
events { worker_connections 256; }
http {
  access_log off;
  ${temporary.map((name) => `${name}_temp_path ${folder}/${name};`).join(' ')}
  keepalive_timeout ${idle};
  keepalive_requests ${closes ? requests : 100_000_000};
  # 444 is nginx's own: no answer, and with the line below a RST.
  reset_timedout_connection on;
  split_clients "$connection $connection_requests $msec" $abort { ${closeWith === 'reset' ? `${share}% 1; ` : ''}* 0; }
  server {
    listen ${family === 'ipv6' ? `[::]:${port}` : port};
    if ($abort) { return 444; }
    location / { return 200 "answer\\n"; }
  }
}
`;
}
