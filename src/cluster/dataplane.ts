// What moves the cluster's packets, read from its own objects: kube-proxy, netd, Calico, Cilium or Dataplane V2.
import { z } from '../model/schema.ts';
import { felixTables, type FelixTables } from './felix-tables.ts';

const container = z.object({
  name: z.string().default(''),
  image: z.string().default(''),
  command: z.array(z.string()).default([]),
  args: z.array(z.string()).default([]),
  env: z.array(z.object({ name: z.string(), value: z.string().optional() })).default([]),
});

const items = <T extends z.ZodType>(item: T) => z.object({ items: z.array(item).default([]) });

const daemonSetList = items(
  z.object({
    metadata: z.object({ name: z.string() }),
    spec: z.object({ template: z.object({ spec: z.object({ containers: z.array(container) }) }) }),
  }),
);
const configMapList = items(
  z.object({ metadata: z.object({ name: z.string() }), data: z.record(z.string(), z.string()).default({}) }),
);
const proxyPodList = items(z.object({ spec: z.object({ containers: z.array(container) }) }));
const felixConfiguration = z.object({ spec: z.record(z.string(), z.unknown()).default({}) });

/** As kubectl printed them; null for what is not there or may not be read. */
export interface DataplaneObjects {
  readonly daemonSets: unknown;
  readonly configMaps: unknown;
  readonly proxyPods: unknown;
  readonly felixConfiguration: unknown;
}

export interface Dataplane {
  /** `iptables`, `ipvs`, `nftables`; null when there is no kube-proxy, `unknown` when it does not say. */
  readonly kubeProxyMode: string | null;
  readonly netd: {
    readonly version: string;
    /** Null when its configuration does not say. */ readonly policyRouting: boolean | null;
  } | null;
  readonly calico: { readonly version: string; readonly tables: FelixTables } | null;
  /** `cilium` or, as GKE's Dataplane V2 calls it, `anetd`. */
  readonly cilium: { readonly name: string; readonly version: string } | null;
}

/** Throws when the objects are not what kubectl prints. */
export function readDataplane(objects: DataplaneObjects): Dataplane {
  const daemonSets = daemonSetList.parse(objects.daemonSets ?? {}).items;
  const configMaps = configMapList.parse(objects.configMaps ?? {}).items;
  const config = (name: string) => configMaps.find((one) => one.metadata.name === name)?.data ?? {};
  const find = (...names: string[]) => daemonSets.find((one) => names.includes(one.metadata.name));
  const mainContainer = (set: (typeof daemonSets)[number]) => set.spec.template.spec.containers[0];

  const netd = find('netd');
  const calico = find('calico-node');
  const calicoContainer =
    calico?.spec.template.spec.containers.find((one) => one.name === 'calico-node') ??
    (calico && mainContainer(calico));
  const cilium = find('cilium', 'anetd');
  const proxy = find('kube-proxy');
  const proxyContainers = [
    ...(proxy?.spec.template.spec.containers ?? []),
    ...proxyPodList.parse(objects.proxyPods ?? {}).items.flatMap((pod) => pod.spec.containers),
  ];
  const felix =
    objects.felixConfiguration === null ? {} : felixConfiguration.parse(objects.felixConfiguration).spec;
  return {
    kubeProxyMode: proxyContainers.length === 0 ? null : proxyMode(proxyContainers, config('kube-proxy')),
    netd:
      netd === undefined
        ? null
        : { version: versionOf(mainContainer(netd)), policyRouting: policyRouting(config('netd-config')) },
    calico:
      calicoContainer === undefined
        ? null
        : {
            version: versionOf(calicoContainer),
            tables: felixTables(
              versionOf(calicoContainer),
              new Map(calicoContainer.env.map((one) => [one.name, one.value ?? ''])),
              felix,
            ),
          },
    cilium:
      cilium === undefined ? null : { name: cilium.metadata.name, version: versionOf(mainContainer(cilium)) },
  };
}

type Container = z.infer<typeof container>;

/** On GKE a flag of the static pod, elsewhere a line of the ConfigMap; an empty mode means iptables on Linux. */
function proxyMode(containers: readonly Container[], config: Readonly<Record<string, string>>): string {
  const words = containers.flatMap((one) => [...one.command, ...one.args]).join(' ');
  const flag = /--proxy-mode[= ]([a-z]+)/.exec(words)?.[1];
  if (flag !== undefined) return flag;
  const file = Object.values(config).find((text) => /^kind: *"?KubeProxyConfiguration/m.test(text));
  if (file === undefined) return words.includes('kube-proxy') ? 'iptables' : 'unknown';
  return /^mode: *"?([a-z]+)/m.exec(file)?.[1] ?? 'iptables';
}

function policyRouting(config: Readonly<Record<string, string>>): boolean | null {
  const value = config['enable_policy_routing'];
  return value === undefined ? null : value === 'true';
}

/** The image's tag; `unknown` for a digest alone. */
function versionOf(from: Container | undefined): string {
  return /:([^:/@]+)(?:@.*)?$/.exec((from?.image ?? '').replace(/@sha256:.*$/, ''))?.[1] ?? 'unknown';
}
