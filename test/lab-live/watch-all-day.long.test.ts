// `netdebug watch` with the words of the watcher's manifest, in a private world with an API server: what a pod loses becomes a number and
// an Event, and the API is asked for nothing that the manifest's rights do not allow.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { before, describe, it } from 'node:test';
import { parse, parseAllDocuments } from 'yaml';
import { sandboxArgv } from '../../src/lab/world/sandbox.ts';
import { run } from '../../src/system/process.ts';
import { labSkip, tracefsSkip } from './netdebug.ts';
import type { AllDayOrder, AllDayWorld } from './watch-all-day-inside.ts';

const asRoot = process.getuid?.() === 0;
const skip = (await labSkip()) || (await tracefsSkip()) || (!asRoot && 'needs root, as the manifest has it');
const inside = resolve(import.meta.dirname, 'watch-all-day-inside.ts');
const overlay = join(import.meta.dirname, '../../manifests/mesh/overlays/watcher');
const connections = 3;

interface DaemonSet {
  readonly spec: {
    readonly template: { readonly spec: { readonly containers: [{ readonly args: string[] }] } };
  };
}

interface Rule {
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

const words = (parse(readFileSync(join(overlay, 'watcher.yaml'), 'utf8')) as DaemonSet).spec.template.spec
  .containers[0].args;
const rules = parseAllDocuments(readFileSync(join(overlay, 'access.yaml'), 'utf8'))
  .map((document) => document.toJS() as { kind: string; rules: readonly Rule[] })
  .filter(({ kind }) => kind === 'ClusterRole')
  .flatMap((role) => role.rules);

const verbs: Readonly<Record<string, string>> = {
  GET: 'list',
  WATCH: 'watch',
  POST: 'create',
  PATCH: 'patch',
};

/** `list nodes` of `GET /api/v1/nodes`. */
function rightFor(asked: string): string {
  const [method = '', path = ''] = asked.split(' ');
  const [, resource = ''] = /^\/api\/v1\/(?:namespaces\/[^/]+\/)?([a-z]+)/.exec(path) ?? [];
  return `${verbs[method] ?? method} ${resource}`;
}

describe(
  'a watch as the manifest starts it, on a node with a pod whose server aborts connections',
  { skip },
  () => {
    let world: AllDayWorld;
    before(async () => {
      const order: AllDayOrder = { connections, words };
      const argv = [...sandboxArgv(asRoot), process.execPath, inside, JSON.stringify(order)];
      const { exitCode, stdout, stderr } = await run(argv, { timeoutMs: 200_000 });
      assert.equal(exitCode, 0, stderr);
      world = JSON.parse(stdout) as AllDayWorld;
    });

    const lost = (page: string) =>
      page.split('\n').filter((line) => line.startsWith('netdebug_lost_connections_total{'));
    const valueOf = (page: string, name: string) =>
      new RegExp(`^netdebug_${name} (\\S+)$`, 'm').exec(page)?.[1];

    it('counts each connection once at each end, a minute later, with who and why', () => {
      const { before: none, told, counted } = world.metrics;
      assert.deepEqual(lost(none), []);
      const labels = (end: string, workload: string, type: string) =>
        `netdebug_lost_connections_total{cause="server-aborted",author="server-application",certainty="proven",` +
        `end="${end}",namespace="shop",workload="${workload}",workload_type="${type}"}`;
      const both = [labels('client', 'checkout', 'deployment'), labels('server', 'redis', 'statefulset')];
      for (const one of both) {
        assert.ok(lost(told).includes(`${one} 0`), `${one} 0 in ${lost(told).join('\n')}`);
        assert.ok(lost(counted).includes(`${one} ${connections}`), `${one} in ${lost(counted).join('\n')}`);
      }
      assert.equal(lost(counted).length, 2, lost(counted).join('\n'));
      assert.equal(valueOf(told, 'watch_held_losses'), String(connections));
      assert.equal(valueOf(counted, 'watch_held_losses'), '0');
    });

    it('tells it on both pods, once each', () => {
      assert.deepEqual(
        world.events.map(({ involvedObject, count, reason }) => ({ ...involvedObject, count, reason })),
        ['checkout-h1-x', 'redis-0'].map((name) => ({
          ...{ apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name, uid: `uid-of-${name}` },
          ...{ count: connections, reason: 'ConnectionsReset' },
        })),
      );
      for (const { message } of world.events)
        assert.match(
          message,
          /Who: the server's application.*\(proven\)\. Why: server-aborted: .*\(proven\)\. More: netdebug explain server-aborted$/,
        );
      assert.match(world.metrics.counted, /^netdebug_watch_events_total\{outcome="created"\} 2$/m);
    });

    it('sees losses, knows the pods of the node, and leaves nothing in the log of what is lost', () => {
      const { exitCode, stdout, stderr, metrics } = world;
      assert.equal(exitCode, 0, stderr);
      assert.equal(stdout, '');
      assert.doesNotMatch(stderr, /server-aborted|10\.99\.0\.[12]/);
      assert.equal(valueOf(metrics.before, 'watch_pods'), '2');
      assert.equal(valueOf(metrics.before, 'watch_sees_losses'), '1');
      assert.match(metrics.before, /^netdebug_watch_witness\{witness="capture",state="missing"\} 0$/m);
      assert.doesNotMatch(metrics.before, /kernel-log/);
    });

    it('asks the API with its token for what its rights allow, and for all of it', () => {
      const allowed = rules.flatMap(({ resources, verbs: allVerbs }) =>
        resources.flatMap((resource) => allVerbs.map((verb) => `${verb} ${resource}`)),
      );
      const used = [...new Set(world.asked.map(rightFor))];
      assert.deepEqual(
        used.filter((right) => !allowed.includes(right)),
        [],
      );
      // Nothing was lost again, which an Event would be patched for.
      assert.deepEqual(
        allowed.filter((right) => !used.includes(right)),
        ['patch events'],
      );
      assert.deepEqual(world.tokens, ['Bearer token-of-the-watcher']);
    });
  },
);
