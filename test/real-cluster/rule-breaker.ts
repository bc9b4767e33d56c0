// The bug, made on every node by a privileged pod: same-node traffic takes the way out of the node and back by netd's rules, and the
// rule that sends it there comes and goes, as when Felix deletes it and netd puts it back.
import { kubectl, kubectlWith, observerImage, until } from './surroundings.ts';

const namespace = 'netdebug-rule-breaker';

/** 13 s there, 13 s away. When it is told to end it takes away what it put there. */
const script = `
set -u
dev=$(ip -4 route show default | sed -n 's/.* dev \\([^ ]*\\).*/\\1/p' | head -n 1)
via=$(ip -4 route show default | sed -n 's/.* via \\([^ ]*\\).*/\\1/p' | head -n 1)
conf=/proc/sys/net/ipv4/conf
filter=$(cat $conf/$dev/rp_filter) mark=$(cat $conf/all/src_valid_mark)
rule="priority 30003 not iif $dev lookup 1"
tidy() {
  ip rule del $rule 2>/dev/null; ip rule del priority 30002; ip rule del priority 30001; ip route flush table 1
  echo $filter > $conf/$dev/rp_filter; echo $mark > $conf/all/src_valid_mark
  exit 0
}
trap tidy TERM INT
echo 2 > $conf/$dev/rp_filter; echo 1 > $conf/all/src_valid_mark
ip route replace default via $via dev $dev table 1
ip rule add priority 30001 fwmark 0x4000/0x4000 lookup main
ip rule add priority 30002 iif lo lookup main
while :; do
  ip rule add $rule; echo "$(date +%T) added"; sleep 13 & wait $!
  ip rule del $rule; echo "$(date +%T) deleted"; sleep 13 & wait $!
done`;

const labels = { app: 'netdebug-rule-breaker' };

/** Begins to break; resolves, once every node's pod runs, with how to end it, which resolves when no rule is left. */
export async function breakRules(): Promise<() => Promise<void>> {
  await kubectlWith(JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects() }), 'apply');
  const stop = async () => {
    await kubectl('delete', 'namespace', namespace, '--ignore-not-found', '--timeout=120s');
  };
  try {
    await until('the rule breaker runs on every node', 120, async () => {
      const set = JSON.parse(
        await kubectl('get', 'daemonset', 'breaker', `--namespace=${namespace}`, '--output=json'),
      ) as { status: { desiredNumberScheduled?: number; numberReady?: number } };
      const { desiredNumberScheduled = 0, numberReady = 0 } = set.status;
      return {
        so: desiredNumberScheduled > 0 && numberReady === desiredNumberScheduled,
        last: [numberReady, desiredNumberScheduled],
      };
    });
  } catch (error) {
    await stop();
    throw error;
  }
  return stop;
}

function objects(): object[] {
  return [
    {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: {
        name: namespace,
        labels: { ...labels, 'pod-security.kubernetes.io/enforce': 'privileged' },
      },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name: 'breaker', namespace, labels },
      spec: {
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: {
            automountServiceAccountToken: false,
            hostNetwork: true,
            terminationGracePeriodSeconds: 10,
            containers: [
              {
                name: 'breaker',
                image: observerImage,
                imagePullPolicy: 'IfNotPresent',
                command: ['sh', '-c', script],
                securityContext: { privileged: true, runAsUser: 0 },
              },
            ],
          },
        },
      },
    },
  ];
}
