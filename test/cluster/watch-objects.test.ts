// The observer's pod has what docs/cluster.md lists, each with its reason, and nothing else; and it goes by itself.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { observerCapabilities, watchObserverJob } from '../../src/cluster/watch-objects.ts';

interface Job {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly ttlSecondsAfterFinished: number;
    readonly backoffLimit: number;
    readonly template: {
      readonly metadata: { readonly annotations?: Readonly<Record<string, string>> };
      readonly spec: {
        readonly automountServiceAccountToken: boolean;
        readonly volumes: readonly { readonly hostPath?: { readonly path: string } }[];
        readonly containers: readonly {
          readonly args: readonly string[];
          readonly securityContext: {
            readonly privileged?: boolean;
            readonly appArmorProfile?: object;
            readonly capabilities: { readonly drop: readonly string[]; readonly add: readonly string[] };
          };
        }[];
      };
    };
  };
}

const jobOn = (node: string, hasAppArmorField = true) =>
  watchObserverJob(
    { runId: 'abc234', image: 'registry.example/netdebug:observer', node, ports: [6_379], hasAppArmorField },
    '0-1',
  ) as unknown as Job;

test('every right of the observer stands in the page with its reason', async () => {
  const page = await readFile(resolve(import.meta.dirname, '../../docs/cluster.md'), 'utf8');
  const section = page.slice(page.indexOf('## Watch a workload'), page.indexOf('## The experiment'));
  const { spec } = jobOn('node-a').spec.template;
  const [container] = spec.containers;
  assert.ok(container !== undefined);
  const { capabilities, privileged } = container.securityContext;
  assert.equal(privileged, undefined);
  assert.deepEqual(capabilities, { drop: ['ALL'], add: [...observerCapabilities] });
  for (const name of observerCapabilities) assert.match(section, new RegExp(`^\\| ${name} \\| `, 'm'));
  const rows = [...section.matchAll(/^\| ([A-Z]+(?:_[A-Z]+)*) \|/gm)].map(([, name]) => name);
  assert.deepEqual(rows.sort(), [...observerCapabilities].sort());
  for (const { hostPath } of spec.volumes)
    if (hostPath !== undefined) assert.ok(section.includes(`\`${hostPath.path}\``), hostPath.path);
  assert.equal(spec.automountServiceAccountToken, false);
});

test('Kubernetes takes it away when it has ended, and starts no other', () => {
  const { spec, metadata } = jobOn(
    'a-node-with-a-name-that-is-longer-than-what-a-label-may-hold-by-itself.example',
  );
  assert.equal(spec.ttlSecondsAfterFinished, 0);
  assert.equal(spec.backoffLimit, 0);
  assert.ok(metadata.name.length <= 63);
  const words = spec.template.spec.containers[0]?.args.join(' ') ?? '';
  assert.match(words, /^observe --serve \S+ --node \S+ --unasked 60s --port 6379$/);
});

test('before Kubernetes 1.30 AppArmor is told by an annotation', () => {
  const older = jobOn('node-a', false).spec.template;
  assert.deepEqual(Object.values(older.metadata.annotations ?? {}), ['unconfined']);
  assert.equal(older.spec.containers[0]?.securityContext.appArmorProfile, undefined);
});
