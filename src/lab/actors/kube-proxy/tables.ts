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
  /** `--masquerade-all`: whoever comes to a Service comes with the node's address. Default false. */
  readonly masqueradeAll?: boolean;
  /** sessionAffinity ClientIP: what was chosen for a client is chosen for it again. Default false. */
  readonly sessionAffinity?: boolean;
}

export function kubeProxyTables(
  topology: Topology,
  options: KubeProxyOptions = {},
): readonly IptablesTable[] {
  const { services = [topology.service], dropInvalid = true, masqueradeAll = false } = options;
  const { sessionAffinity = false } = options;
  const podsBehind = ({ endpoints }: Service) => topology.pods.filter((pod) => endpoints.includes(pod.name));
  const ready = services.filter((service) => podsBehind(service).length > 0);
  const refused = services.filter((service) => podsBehind(service).length === 0).map(withoutEndpoints);
  const onNodes = ready.filter(({ nodePort }) => nodePort !== undefined);
  const closed = services.filter((service) => podsBehind(service).length === 0).flatMap(closedNodePort);
  // With none of them the chain is empty, and nothing comes of being sent there.
  const portals = refused.length === 0 ? [] : [portal];
  return [
    {
      name: 'nat',
      chains: {
        PREROUTING: ['-j KUBE-SERVICES'],
        OUTPUT: ['-j KUBE-SERVICES'],
        POSTROUTING: ['-j KUBE-POSTROUTING'],
        'KUBE-MARK-MASQ': ['-j MARK --set-xmark 0x4000/0x4000'],
        'KUBE-SERVICES': [
          ...ready.flatMap((service) => toService(service, masqueradeAll ? null : topology.clusterCidr)),
          ...(onNodes.length === 0 ? [] : [nodePorts]),
        ],
        ...(onNodes.length === 0 ? {} : { 'KUBE-NODEPORTS': onNodes.flatMap(toNodePort) }),
        ...Object.fromEntries(
          ready.map((service) => [
            svc(service),
            [
              ...(sessionAffinity ? podsBehind(service).map(chosenBefore) : []),
              ...podsBehind(service).map(shareOf),
            ],
          ]),
        ),
        ...Object.fromEntries(
          ready.flatMap((service) =>
            podsBehind(service).map((pod) => [sep(pod), toEndpoint(pod, service, sessionAffinity)]),
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
        FORWARD: ['-j KUBE-FORWARD', ...portals],
        ...(refused.length === 0 ? {} : { OUTPUT: portals, 'KUBE-SERVICES': refused }),
        ...(closed.length === 0 ? {} : { INPUT: [externalPortal], 'KUBE-EXTERNAL-SERVICES': closed }),
        'KUBE-FORWARD': [
          ...(dropInvalid ? ['-m conntrack --ctstate INVALID -j DROP'] : []),
          `-m mark --mark ${masqueradeMark} -j ACCEPT`,
          '-m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT',
        ],
      },
    },
  ];
}

const portal =
  '-m conntrack --ctstate NEW -m comment --comment "kubernetes service portals" -j KUBE-SERVICES';

/** An attempt to connect is answered with ICMP port unreachable; what is established already does not come by here. */
const withoutEndpoints = ({ name, clusterIp, port }: Service): string =>
  `-d ${clusterIp}/32 -p tcp -m comment --comment "default/${name} has no endpoints" -m tcp --dport ${port} -j REJECT`;

const svc = ({ name }: Service) => `KUBE-SVC-${name.toUpperCase()}`;
const sep = ({ name }: Pod) => `KUBE-SEP-${name.toUpperCase()}`;

/** @param notFrom Whose own address is kept; null for nobody's. */
function toService(service: Service, notFrom: string | null): string[] {
  const match = `-d ${service.clusterIp}/32 -p tcp -m tcp --dport ${service.port}`;
  const from = notFrom === null ? '' : `! -s ${notFrom} `;
  return [`${from}${match} -j KUBE-MARK-MASQ`, `${match} -j ${svc(service)}`];
}

/** What comes for an address of the node itself, last in its chain. */
const nodePorts = '-m addrtype --dst-type LOCAL -j KUBE-NODEPORTS';

/** Whoever comes by a node's port goes on with that node's address, so that the answer comes back there (externalTrafficPolicy Cluster). */
function toNodePort(service: Service): string[] {
  const match = `-p tcp -m comment --comment "default/${service.name}" -m tcp --dport ${service.nodePort}`;
  return [`${match} -j KUBE-MARK-MASQ`, `${match} -j ${svc(service)}`];
}

const externalPortal =
  '-m conntrack --ctstate NEW -m comment --comment "kubernetes externally-visible service portals" -j KUBE-EXTERNAL-SERVICES';

function closedNodePort({ name, nodePort }: Service): string[] {
  if (nodePort === undefined) return [];
  const match = `-p tcp -m comment --comment "default/${name} has no endpoints" -m addrtype --dst-type LOCAL -m tcp --dport ${nodePort}`;
  return [`${match} -j REJECT`];
}

/** Three hours, as by default. */
const chosenBefore = (pod: Pod): string =>
  `-m recent --name ${sep(pod)} --rcheck --seconds 10800 --reap -j ${sep(pod)}`;

/** Each rule takes its share of what the rules before it have left. */
function shareOf(pod: Pod, index: number, { length }: readonly Pod[]): string {
  const left = length - index;
  const share = left === 1 ? '' : `-m statistic --mode random --probability ${(1 / left).toFixed(10)} `;
  return `${share}-j ${sep(pod)}`;
}

function toEndpoint(pod: Pod, { port }: Service, sessionAffinity: boolean): string[] {
  const remember = sessionAffinity ? `-m recent --name ${sep(pod)} --set ` : '';
  return [
    `-s ${pod.address}/32 -j KUBE-MARK-MASQ`,
    `${remember}-p tcp -m tcp -j DNAT --to-destination ${pod.address}:${port}`,
  ];
}
