// Programs of others in the cluster: a Redis and a Postgres, each with a client beside it and one on another node, that ask five times a
// second over one connection each, and dial again when that is lost.
import { kubectl, kubectlWith, until } from './surroundings.ts';

export const shop = 'netdebug-test-shop';

/** An image with redis-server, redis-cli, and one with postgres, initdb and psql; one may be both. */
export const redisImage = process.env['NETDEBUG_TEST_REDIS_IMAGE'] ?? '';
export const postgresImage = process.env['NETDEBUG_TEST_POSTGRES_IMAGE'] ?? '';
export const workloadSkip =
  redisImage === '' || postgresImage === ''
    ? 'NETDEBUG_TEST_REDIS_IMAGE and NETDEBUG_TEST_POSTGRES_IMAGE name no images'
    : false;

interface Program {
  readonly name: 'redis' | 'postgres';
  readonly image: string;
  readonly port: number;
  readonly server: string;
  readonly client: string;
}

/** A server is started again by its shell: what a kill of it ends is its connections, and not its pod. */
const again = (command: string) =>
  `trap 'kill $!; exit' TERM; while :; do ${command} & wait $!; sleep 1; done`;

const programs: readonly Program[] = [
  {
    ...{ name: 'redis', image: redisImage, port: 6_379 },
    server: again("redis-server --save '' --appendonly no --protected-mode no --dir /tmp"),
    client: 'while :; do redis-cli -h $SERVER_HOST -r 1000000 -i 0.2 incr asked; sleep 0.3; done >/dev/null',
  },
  {
    ...{ name: 'postgres', image: postgresImage, port: 5_432 },
    server: `PATH=$PATH:$(echo /usr/lib/postgresql/*/bin); export PATH
as() { if [ "$(id -u)" = 0 ]; then setpriv --reuid postgres --regid postgres --clear-groups "$@"; else "$@"; fi; }
mkdir -p /tmp/pg; [ "$(id -u)" = 0 ] && chown postgres /tmp/pg
as initdb --auth=trust --username=postgres --pgdata=/tmp/pg >/dev/null && echo 'host all all all trust' >> /tmp/pg/pg_hba.conf
${again("as postgres -D /tmp/pg -c listen_addresses='*' -c unix_socket_directories=/tmp")}`,
    client: `while :; do (while :; do echo 'select 1;'; sleep 0.2; done) |
psql --host=$SERVER_HOST --username=postgres --quiet --set=ON_ERROR_STOP=1 --file=- ; sleep 0.3; done >/dev/null 2>&1`,
  },
];

const labels = (app: string) => ({ app, 'netdebug-test': 'shop' });

/** Makes them, and resolves with how to take them away when every pod runs and has been answered for a while. */
export async function openShop(): Promise<() => Promise<void>> {
  await kubectlWith(JSON.stringify(namespace), 'apply');
  const close = async () => {
    await kubectl('delete', 'namespace', shop, '--ignore-not-found', '--timeout=120s');
  };
  try {
    await kubectlWith(list(programs.flatMap(serverOf)), 'apply', `--namespace=${shop}`);
    await allReady(programs.length);
    const hosts = new Map<string, string>();
    for (const { name } of programs) {
      const words = ['get', 'service', name, `--namespace=${shop}`, '--output=jsonpath={.spec.clusterIP}'];
      hosts.set(name, await kubectl(...words));
    }
    const clients = programs.flatMap((one) => clientsOf(one, hosts.get(one.name) ?? ''));
    await kubectlWith(list(clients), 'apply', `--namespace=${shop}`);
    await allReady(3 * programs.length);
  } catch (error) {
    await close();
    throw error;
  }
  return close;
}

const list = (items: readonly object[]) => JSON.stringify({ apiVersion: 'v1', kind: 'List', items });

const namespace = {
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: {
    name: shop,
    labels: { 'netdebug-test': 'shop', 'pod-security.kubernetes.io/enforce': 'privileged' },
  },
};

async function allReady(count: number): Promise<void> {
  await until(`${count} pods are ready`, 180, async () => {
    const pods = await kubectl(
      ...['get', 'pods', `--namespace=${shop}`],
      '--output=jsonpath={range .items[*]}{.status.conditions[?(@.type=="Ready")].status} {end}',
    );
    const ready = pods.split(' ').filter((one) => one === 'True').length;
    return { so: ready >= count, last: pods };
  });
}

function serverOf({ name, image: own, port, server }: Program): object[] {
  return [
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, labels: labels(name) },
      spec: { selector: labels(name), ports: [{ port, targetPort: port, protocol: 'TCP' }] },
    },
    deployment(name, own, server, { readinessProbe: { tcpSocket: { port }, periodSeconds: 1 } }),
  ];
}

/** `redis-beside` and `redis-apart`. */
function clientsOf({ name, image: own, client }: Program, host: string): object[] {
  return (['beside', 'apart'] as const).map((where) => {
    const rule = {
      topologyKey: 'kubernetes.io/hostname',
      labelSelector: { matchLabels: labels(name) },
    };
    const affinity = {
      [where === 'beside' ? 'podAffinity' : 'podAntiAffinity']: {
        requiredDuringSchedulingIgnoredDuringExecution: [rule],
      },
    };
    return deployment(
      `${name}-${where}`,
      own,
      client,
      { env: [{ name: 'SERVER_HOST', value: host }] },
      affinity,
    );
  });
}

function deployment(
  name: string,
  own: string,
  script: string,
  more: object,
  affinity: object | null = null,
): object {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, labels: labels(name) },
    spec: {
      replicas: 1,
      strategy: { type: 'Recreate' },
      selector: { matchLabels: labels(name) },
      template: {
        metadata: { labels: labels(name) },
        spec: {
          automountServiceAccountToken: false,
          terminationGracePeriodSeconds: 1,
          ...(affinity === null ? {} : { affinity }),
          containers: [
            {
              ...{ name, image: own, imagePullPolicy: 'IfNotPresent', command: ['sh', '-c', script] },
              securityContext: { runAsUser: 0 },
              ...more,
            },
          ],
        },
      },
    },
  };
}

/** The pod of a Deployment of the shop. */
export async function podOf(app: string): Promise<{ name: string; node: string; address: string }> {
  const words = ['get', 'pods', `--namespace=${shop}`, `--selector=app=${app}`, '--output=json'];
  const { items } = JSON.parse(await kubectl(...words)) as {
    items: { metadata: { name: string }; spec: { nodeName: string }; status: { podIP: string } }[];
  };
  const [pod] = items;
  if (pod === undefined) throw new Error(`no pod of ${app}`);
  return { name: pod.metadata.name, node: pod.spec.nodeName, address: pod.status.podIP };
}

/** Runs a shell's words in a pod of the shop. */
export const inPod = (pod: string, script: string): Promise<string> =>
  kubectl('exec', pod, `--namespace=${shop}`, '--', 'sh', '-c', script);

/**
 * SIGKILL to the server's program, whose shell starts it again; it hung for a moment before, so that questions wait for it: of a program
 * that dies while nothing is asked its kernel says goodbye in order.
 */
export const kill = (command: string): string =>
  `all() { for p in /proc/[0-9]*; do read -r name < $p/comm; [ "$name" = ${command} ] && kill $1 \${p#/proc/}; done; :; }
all -STOP; sleep 0.6; all -KILL`;

/** Runs words as root in the network of a node, in a pod that goes when they end. */
export async function onNode(node: string, own: string, script: string): Promise<void> {
  const name = `netdebug-test-hand-${Math.random().toString(36).slice(2, 8)}`;
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels: { 'netdebug-test': 'hand' } },
    spec: {
      nodeName: node,
      hostNetwork: true,
      restartPolicy: 'Never',
      automountServiceAccountToken: false,
      tolerations: [{ operator: 'Exists' }],
      terminationGracePeriodSeconds: 1,
      containers: [
        {
          ...{ name: 'hand', image: own, imagePullPolicy: 'IfNotPresent', command: ['sh', '-c', script] },
          securityContext: { privileged: true, runAsUser: 0 },
        },
      ],
    },
  };
  await kubectlWith(JSON.stringify(pod), 'apply', `--namespace=${shop}`);
  try {
    await until('the hand is done', 60, async () => {
      const words = ['get', 'pod', name, `--namespace=${shop}`, '--output=jsonpath={.status.phase}'];
      const phase = await kubectl(...words);
      if (phase === 'Failed') throw new Error(await kubectl('logs', name, `--namespace=${shop}`));
      return { so: phase === 'Succeeded', last: phase };
    });
  } finally {
    await kubectl('delete', 'pod', name, `--namespace=${shop}`, '--wait=false');
  }
}
