// What kube-proxy (iptables mode) programs on a node for one Service, as far as the Service's packets meet it.
// Source: kubernetes pkg/proxy/iptables (v1.20).
import type { IptablesTable } from '../../model/plan.ts';
import type { Topology } from '../../model/topology.ts';

/** Bit 0x4000 of the packet mark: "masquerade me". */
export const masqueradeMark = '0x4000/0x4000';

/** @param dropInvalid False for kube-proxy before v1.15, which let INVALID packets pass (kubernetes issue 74839). */
export function kubeProxyTables(topology: Topology, dropInvalid = true): readonly IptablesTable[] {
  const { service, clusterCidr } = topology;
  const { clusterIp, port } = service;
  const endpoints = topology.pods.filter((pod) => service.endpoints.includes(pod.name));
  const svc = `KUBE-SVC-${service.name.toUpperCase()}`;
  const sep = (pod: { name: string }) => `KUBE-SEP-${pod.name.toUpperCase()}`;
  const toService = `-d ${clusterIp}/32 -p tcp -m tcp --dport ${port}`;
  return [
    {
      name: 'nat',
      chains: {
        PREROUTING: ['-j KUBE-SERVICES'],
        OUTPUT: ['-j KUBE-SERVICES'],
        POSTROUTING: ['-j KUBE-POSTROUTING'],
        'KUBE-MARK-MASQ': ['-j MARK --set-xmark 0x4000/0x4000'],
        'KUBE-SERVICES': [`! -s ${clusterCidr} ${toService} -j KUBE-MARK-MASQ`, `${toService} -j ${svc}`],
        [svc]: endpoints.map((pod, index) => {
          const left = endpoints.length - index;
          const share =
            left === 1 ? '' : `-m statistic --mode random --probability ${(1 / left).toFixed(10)} `;
          return `${share}-j ${sep(pod)}`;
        }),
        ...Object.fromEntries(
          endpoints.map((pod) => [
            sep(pod),
            [
              `-s ${pod.address}/32 -j KUBE-MARK-MASQ`,
              `-p tcp -m tcp -j DNAT --to-destination ${pod.address}:${port}`,
            ],
          ]),
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
