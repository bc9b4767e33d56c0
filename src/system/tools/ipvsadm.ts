// ipvsadm's syntax: one service with its endpoints, and the timeout of what is established.
import { formatEndpoint } from '../../model/endpoint.ts';
import type { Change } from '../../model/plan.ts';
import { runChecked } from '../process.ts';
import { inNetns } from './ip-netns.ts';

type Service = Extract<Change, { do: 'add-ipvs-service' }>;

/** Reads such text on stdin. */
export const restoreIpvsWords: readonly string[] = ['ipvsadm', '--restore'];

/** The service as `ipvsadm --save` writes it: round robin, the endpoints reached by masquerading. */
export function ipvsServiceText({ address, port, endpoints }: Service): string {
  const service = formatEndpoint({ address, port });
  const lines = endpoints.map((endpoint) => `-a -t ${service} -r ${formatEndpoint(endpoint)} -m -w 1`);
  return [`-A -t ${service} -s rr`, ...lines, ''].join('\n');
}

/** 0 leaves the other two timeouts, that after a FIN and that of UDP, as they are. */
export const ipvsTimeoutWords = (seconds: number): string[] => [
  'ipvsadm',
  '--set',
  String(seconds),
  '0',
  '0',
];

export async function addIpvsService(service: Service): Promise<void> {
  await runChecked(inNetns(service.netns, restoreIpvsWords), { input: ipvsServiceText(service) });
}

export async function setIpvsTimeout(netns: string, seconds: number): Promise<void> {
  await runChecked(inNetns(netns, ipvsTimeoutWords(seconds)));
}
