// ss's syntax for destroying sockets, whoever has them: `ss -K`. It takes CAP_NET_ADMIN and a kernel with CONFIG_INET_DIAG_DESTROY.
import type { SocketFilter } from '../../model/plan.ts';
import { runChecked } from '../process.ts';
import { inNetns } from './ip-netns.ts';

/** `ss -K …` for the TCP sockets that the filter takes. */
export function destroySocketsWords({ states, localPort, remotePort }: SocketFilter): string[] {
  const ends = [
    ...(localPort === undefined ? [] : [`sport = :${localPort}`]),
    ...(remotePort === undefined ? [] : [`dport = :${remotePort}`]),
  ];
  const wanted = states.flatMap((state) => ['state', state]);
  return ['ss', '-KtnH', ...wanted, ...(ends.length === 0 ? [] : [ends.join(' and ')])];
}

/** Destroys what the filter takes; that it takes nothing is no error. */
export async function destroySockets(netns: string, filter: SocketFilter): Promise<void> {
  await runChecked(inNetns(netns, destroySocketsWords(filter)));
}
