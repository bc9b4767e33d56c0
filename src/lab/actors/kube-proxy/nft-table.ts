// What kube-proxy (nftables mode) programs on a node for Services, as far as their packets meet it: no load balancers.
// Source: kubernetes pkg/proxy/nftables (v1.34). None of its rules has a counter.
import { createHash } from 'node:crypto';
import type { Pod, Service, Topology } from '../../../model/topology.ts';
import type { KubeProxyOptions } from './tables.ts';

export const kubeProxyTable = 'kube-proxy';

const dispatch = 'ip daddr . meta l4proto . th dport vmap';
const verdictMap = 'type ipv4_addr . inet_proto . inet_service : verdict';
const nodePortDispatch = 'ip daddr @nodeport-ips meta l4proto . th dport vmap';
const portVerdictMap = 'type inet_proto . inet_service : verdict';

/**
 * The body of `table ip kube-proxy`. What is INVALID passes whatever `dropInvalid` says: this mode has no rule for it, nor one that
 * accepts what is established.
 */
export function kubeProxyNftBody(topology: Topology, options: KubeProxyOptions = {}): string {
  const { services = [topology.service], masqueradeAll = false, sessionAffinity = false } = options;
  const podsBehind = ({ endpoints }: Service) => topology.pods.filter((pod) => endpoints.includes(pod.name));
  const ready = services.filter((service) => podsBehind(service).length > 0);
  const refused = services.filter((service) => podsBehind(service).length === 0);
  const onNodes = ready.filter(({ nodePort }) => nodePort !== undefined);
  const closed = refused.filter(({ nodePort }) => nodePort !== undefined);
  const notFrom = masqueradeAll ? '' : `ip saddr != ${topology.clusterCidr} `;
  return [
    block('set cluster-ips', ['type ipv4_addr', ...elements(services.map(({ clusterIp }) => clusterIp))]),
    block('set nodeport-ips', ['type ipv4_addr', ...elements(topology.nodes.map(({ address }) => address))]),
    block('map service-ips', [
      verdictMap,
      ...elements(ready.map((service) => `${keyOf(service)} : goto ${chainOf(service)}`)),
    ]),
    block('map no-endpoint-services', [
      verdictMap,
      ...elements(
        refused.map((service) => `${keyOf(service)} comment "default/${service.name}" : goto reject-chain`),
      ),
    ]),
    block('map service-nodeports', [
      portVerdictMap,
      ...elements(onNodes.map((service) => `tcp . ${service.nodePort} : goto ${externalOf(service)}`)),
    ]),
    block('map no-endpoint-nodeports', [
      portVerdictMap,
      ...elements(
        closed.map(({ name, nodePort }) => `tcp . ${nodePort} comment "default/${name}" : goto reject-chain`),
      ),
    ]),
    block('map firewall-ips', [verdictMap]),
    ...baseChains,
    block('chain services', [`${dispatch} @service-ips`, `${nodePortDispatch} @service-nodeports`]),
    block('chain service-endpoints-check', [`${dispatch} @no-endpoint-services`]),
    block('chain nodeport-endpoints-check', [`${nodePortDispatch} @no-endpoint-nodeports`]),
    block('chain firewall-check', [`${dispatch} @firewall-ips`]),
    block('chain cluster-ips-check', [
      'ip daddr @cluster-ips reject comment "Reject traffic to invalid ports of ClusterIPs"',
    ]),
    block('chain reject-chain', ['reject']),
    block('chain mark-for-masquerade', ['mark set mark or 0x4000']),
    block('chain masquerading', [
      'mark and 0x4000 == 0 return',
      'mark set mark xor 0x4000',
      'masquerade fully-random',
    ]),
    ...onNodes.map((service) =>
      block(`chain ${externalOf(service)}`, ['jump mark-for-masquerade', `goto ${chainOf(service)}`]),
    ),
    ...ready.flatMap((service) => {
      const pods = podsBehind(service);
      return [
        block(`chain ${chainOf(service)}`, [
          `ip daddr ${service.clusterIp} tcp dport ${service.port} ${notFrom}jump mark-for-masquerade`,
          ...(sessionAffinity
            ? pods.map(
                (pod) => `ip saddr @affinity-${endpointName(service, pod)} goto ${endpointOf(service, pod)}`,
              )
            : []),
          `numgen random mod ${pods.length} vmap { ${pods.map((pod, index) => `${index} : goto ${endpointOf(service, pod)}`).join(', ')} }`,
        ]),
        ...pods.flatMap((pod) => endpointBlocks(service, pod, sessionAffinity)),
      ];
    }),
  ].join('\n');
}

function endpointBlocks(service: Service, pod: Pod, sessionAffinity: boolean): string[] {
  const affinity = `affinity-${endpointName(service, pod)}`;
  return [
    // Three hours, as by default.
    ...(sessionAffinity
      ? [block(`set ${affinity}`, ['type ipv4_addr', 'flags dynamic,timeout', 'timeout 3h'])]
      : []),
    block(`chain ${endpointOf(service, pod)}`, [
      `ip saddr ${pod.address} jump mark-for-masquerade`,
      ...(sessionAffinity ? [`update @${affinity} { ip saddr }`] : []),
      `meta l4proto tcp dnat to ${pod.address}:${service.port}`,
    ]),
  ];
}

/** Each with its hook's priority, and what it jumps to. */
const baseChains = [
  base('filter-prerouting-pre-dnat', 'filter hook prerouting priority -110', [
    'ct state new jump firewall-check',
  ]),
  base('filter-output-pre-dnat', 'filter hook output priority -110', ['ct state new jump firewall-check']),
  base('filter-input', 'filter hook input priority 0', [
    'ct state new jump nodeport-endpoints-check',
    'ct state new jump service-endpoints-check',
  ]),
  base('filter-forward', 'filter hook forward priority 0', [
    'ct state new jump service-endpoints-check',
    'ct state new jump cluster-ips-check',
  ]),
  base('filter-output', 'filter hook output priority 0', [
    'ct state new jump service-endpoints-check',
    'ct state new jump cluster-ips-check',
  ]),
  base('nat-prerouting', 'nat hook prerouting priority -100', ['jump services']),
  base('nat-output', 'nat hook output priority -100', ['jump services']),
  base('nat-postrouting', 'nat hook postrouting priority 100', ['jump masquerading']),
];

function base(name: string, hook: string, rules: readonly string[]): string {
  return block(`chain ${name}`, [`type ${hook}; policy accept;`, ...rules]);
}

function block(head: string, lines: readonly string[]): string {
  return [`${head} {`, ...lines.map((line) => `  ${line}`), '}'].join('\n');
}

/** A set without any has no such line. */
const elements = (all: readonly string[]): string[] =>
  all.length === 0 ? [] : [`elements = { ${all.join(', ')} }`];

const keyOf = ({ clusterIp, port }: Service) => `${clusterIp} . tcp . ${port}`;

/** NAMESPACE/SERVICE/PROTOCOL/PORT, of a port without a name. */
const portName = ({ name }: Service) => `default/${name}/tcp/`;
const chainOf = (service: Service) => `service-${withHash(portName(service))}`;
const externalOf = (service: Service) => `external-${withHash(portName(service))}`;
const endpointName = (service: Service, pod: Pod) =>
  withHash(`${portName(service)}__${pod.address}/${service.port}`);
const endpointOf = (service: Service, pod: Pod) => `endpoint-${endpointName(service, pod)}`;

/** Eight letters of its hash before a name, so that names that differ little look different. */
function withHash(name: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const bits = BigInt(`0x${createHash('sha256').update(name).digest('hex').slice(0, 10)}`);
  const letters = Array.from({ length: 8 }, (_, at) => alphabet[Number((bits >> BigInt(35 - 5 * at)) & 31n)]);
  return `${letters.join('')}-${name}`;
}
