// What kube-proxy (iptables mode) programs on a node for Services, as far as their packets meet it.
// Source: kubernetes pkg/proxy/iptables (v1.20).
import type { IptablesTable } from '../../../model/plan.ts';
import type { Pod, Service, Topology } from '../../../model/topology.ts';

/** Bit 0x4000 of the packet mark: "masquerade me". */
export const masqueradeMark = '0x4000/0x4000';

export interface KubeProxyOptions {
  /** Default: the topology's one. Those with internalTrafficPolicy Local have the node's own endpoints only. */
  readonly services?: readonly Service[];
  /** False: INVALID packets pass, as with kube-proxy before v1.15 (kubernetes issue 74839) and in mode nftables. Default true. */
  readonly dropInvalid?: boolean;
}

export function kubeProxyTables(
  topology: Topology,
  options: KubeProxyOptions = {},
): readonly IptablesTable[] {
  const { services = [topology.service], dropInvalid = true } = options;
  const podsBehind = ({ endpoints }: Service) => topology.pods.filter((pod) => endpoints.includes(pod.name));
  return [
    {
      name: 'nat',
      chains: {
        PREROUTING: ['-j KUBE-SERVICES'],
        OUTPUT: ['-j KUBE-SERVICES'],
        POSTROUTING: ['-j KUBE-POSTROUTING'],
        'KUBE-MARK-MASQ': ['-j MARK --set-xmark 0x4000/0x4000'],
        'KUBE-SERVICES': services.flatMap((service) => toService(service, topology.clusterCidr)),
        ...Object.fromEntries(services.map((service) => [svc(service), podsBehind(service).map(shareOf)])),
        ...Object.fromEntries(
          services.flatMap((service) =>
            podsBehind(service).map((pod) => [sep(pod), toEndpoint(pod, service)]),
          ),
        ),
        'KUBE-POSTROUTING': [
          `-m mark ! --mark ${masqueradeMark} -j RETURN`,
          '-j MARK --set-xmark 0x4000/0x0',
          '-j MASQUERADE --random-fully',
        ],
      },
    },
    {
      name: 'filter',
      chains: {
        FORWARD: ['-j KUBE-FORWARD'],
        'KUBE-FORWARD': [
          ...(dropInvalid ? ['-m conntrack --ctstate INVALID -j DROP'] : []),
          `-m mark --mark ${masqueradeMark} -j ACCEPT`,
          '-m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT',
        ],
      },
    },
  ];
}

const svc = ({ name }: Service) => `KUBE-SVC-${name.toUpperCase()}`;
const sep = ({ name }: Pod) => `KUBE-SEP-${name.toUpperCase()}`;

function toService(service: Service, clusterCidr: string): string[] {
  const match = `-d ${service.clusterIp}/32 -p tcp -m tcp --dport ${service.port}`;
  return [`! -s ${clusterCidr} ${match} -j KUBE-MARK-MASQ`, `${match} -j ${svc(service)}`];
}

/** Each rule takes its share of what the rules before it have left. */
function shareOf(pod: Pod, index: number, { length }: readonly Pod[]): string {
  const left = length - index;
  const share = left === 1 ? '' : `-m statistic --mode random --probability ${(1 / left).toFixed(10)} `;
  return `${share}-j ${sep(pod)}`;
}

function toEndpoint({ address }: Pod, { port }: Service): string[] {
  return [`-s ${address}/32 -j KUBE-MARK-MASQ`, `-p tcp -m tcp -j DNAT --to-destination ${address}:${port}`];
}
