// The dataplane is read from the cluster's objects, and the conflict over routing table 1 is foretold from configuration alone.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readDataplane } from '../../src/cluster/dataplane.ts';
import { felixTables } from '../../src/cluster/felix-tables.ts';
import { predict } from '../../src/cluster/preflight.ts';
import { kubectlSkip, underTest } from './against-fixture.ts';

interface Calico {
  readonly image?: string;
  readonly env?: readonly { name: string; value: string }[];
}

const daemonSet = (name: string, image: string, env: readonly object[] = []) => ({
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name, namespace: 'kube-system' },
  spec: { template: { spec: { containers: [{ name, image, env }] } } },
});

const netdConfig = (enabled: string) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'netd-config', namespace: 'kube-system' },
  data: { enable_policy_routing: enabled, reconcile_interval_seconds: '10' },
});

function objects(calico: Calico, policyRouting = 'true') {
  const image = calico.image ?? 'gcr.io/projectcalico-org/node:v3.17.1';
  return {
    daemonSets: {
      items: [
        daemonSet('netd', 'gke.gcr.io/netd-amd64:0.2.12'),
        daemonSet('calico-node', image, calico.env ?? []),
      ],
    },
    configMaps: { items: [netdConfig(policyRouting)] },
    proxyPods: {
      items: [
        {
          spec: {
            containers: [{ command: ['/bin/sh', '-c', 'exec kube-proxy --proxy-mode=iptables --v=2'] }],
          },
        },
      ],
    },
    felixConfiguration: null as unknown,
  };
}

test('kube-proxy, netd and Calico are found with their versions and settings', () => {
  assert.deepEqual(readDataplane(objects({})), {
    kubeProxyMode: 'iptables',
    netd: { version: '0.2.12', policyRouting: true },
    calico: { version: 'v3.17.1', tables: { ranges: [[1, 250]], source: 'the default of Calico v3.17.1' } },
    cilium: null,
  });
});

test("kube-proxy's mode is read from its ConfigMap where no flag states it", () => {
  const config = {
    metadata: { name: 'kube-proxy' },
    data: { 'config.conf': 'kind: KubeProxyConfiguration\nmode: "ipvs"\n' },
  };
  const read = readDataplane({
    daemonSets: { items: [daemonSet('kube-proxy', 'registry.k8s.io/kube-proxy:v1.32.4')] },
    configMaps: { items: [config] },
    proxyPods: null,
    felixConfiguration: null,
  });
  assert.equal(read.kubeProxyMode, 'ipvs');
  assert.equal(read.netd, null);
});

test('Dataplane V2 is recognised by its agent, and has no conflict', () => {
  const read = readDataplane({
    daemonSets: { items: [daemonSet('netd', 'x:1'), daemonSet('anetd', 'gke.gcr.io/cilium/cilium:v1.15.7')] },
    configMaps: null,
    proxyPods: null,
    felixConfiguration: null,
  });
  assert.deepEqual(read.cilium, { name: 'anetd', version: 'v1.15.7' });
  assert.equal(predict(read).state, 'ok');
});

test('the conflict is foretold when netd routes by policy and Calico owns table 1', () => {
  const row = predict(readDataplane(objects({})));
  assert.equal(row.state, 'warning');
  assert.match(row.sentence, /^route-table-conflict: .*the default of Calico v3\.17\.1/);
});

test('no conflict is foretold when any part of it is missing', () => {
  const fixed = objects({ env: [{ name: 'FELIX_ROUTETABLERANGE', value: '10-250' }] });
  assert.match(
    predict(readDataplane(fixed)).sentence,
    /leaves table 1 alone \(FELIX_ROUTETABLERANGE=10-250\)/,
  );
  assert.match(predict(readDataplane(objects({}, 'false'))).sentence, /netd does no policy routing/);
  const old = objects({ image: 'gcr.io/projectcalico-org/node:v3.13.4' });
  assert.match(
    predict(readDataplane(old)).sentence,
    /leaves table 1 alone \(Calico v3\.13\.4, which is older than 3\.14\)/,
  );
});

test('what cannot be read is called possible, not sure', () => {
  const digest = objects({ image: `gcr.io/projectcalico-org/node@sha256:${'0'.repeat(64)}` });
  assert.match(predict(readDataplane(digest)).sentence, /^A route-table-conflict is possible/);
});

test('Felix takes its tables from the environment first, then from its configuration', () => {
  const spec = { routeTableRange: { min: 65, max: 99 } };
  const env = new Map([['FELIX_ROUTETABLERANGES', '1-9,20-30']]);
  assert.deepEqual(felixTables('v3.20.0', env, spec).ranges, [
    [1, 9],
    [20, 30],
  ]);
  assert.deepEqual(felixTables('v3.20.0', new Map(), spec).ranges, [[65, 99]]);
  assert.deepEqual(felixTables('v3.20.0', new Map(), { routeTableRanges: [{ min: 2, max: 3 }] }).ranges, [
    [2, 3],
  ]);
  assert.deepEqual(felixTables('v3.9.2', new Map(), {}).ranges, []);
  assert.equal(felixTables('latest', new Map(), {}).ranges, null);
});

test('preflight foretells the conflict through the real kubectl', { skip: kubectlSkip }, async (t) => {
  const items = objects({});
  const cluster = await underTest(t, { objects: [...items.daemonSets.items, ...items.configMaps.items] });
  const ended = await cluster.run('preflight', '--json');
  assert.equal(ended.exitCode, 0, ended.stderr);
  const { rows } = JSON.parse(ended.stdout) as { rows: { what: string; state: string; sentence: string }[] };
  assert.deepEqual(
    rows.map((row) => `${row.what} ${row.state}`).filter((row) => !row.startsWith('kubectl')),
    ['cluster ok', 'nodes ok', 'rights ok', 'policies ok', 'dataplane ok', 'prediction warning'],
  );
  assert.match(rows.at(-1)?.sentence ?? '', /^route-table-conflict: /);
});
