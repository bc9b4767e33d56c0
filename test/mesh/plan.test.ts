// The plan: everybody watched by about K others, zones spread, the same for every replica, and little moved by a change.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { assign, type Assignment } from '../../src/mesh/plan/assign.ts';
import { coverageOf, probersOf } from '../../src/mesh/plan/coverage.ts';
import type { MeshNode } from '../../src/mesh/plan/mesh-node.ts';
import { planOfNode } from '../../src/mesh/plan/node-plan.ts';
import { meshPlanSchema } from '../../src/model/mesh-plan.ts';

const K = 10;

function cluster(count: number): MeshNode[] {
  return Array.from({ length: count }, (_, index) => ({
    name: `node-${index}`,
    zone: `zone-${index % 3}`,
    leftOut: null,
    doubt: null,
    address: `10.0.${index >> 8}.${index & 255}`,
    port: 8_080,
  }));
}

function edges({ nodes, targets }: Assignment): Set<string> {
  const name = (index: number) => nodes[index]?.name ?? '';
  return new Set(
    targets.flatMap((some, agent) => [...some].map((target) => `${name(agent)} ${name(target)}`)),
  );
}

const missing = (a: Set<string>, b: Set<string>) => [...a].filter((edge) => !b.has(edge)).length;

describe('the plan', () => {
  for (const count of [1, 2, 3, 7, 11, 12, 50, 400]) {
    test(`of ${count} nodes gives each K targets, never itself, and leaves none unwatched`, () => {
      const assignment = assign(cluster(count), K);
      assignment.targets.forEach((targets, agent) => {
        assert.equal(targets.length, Math.min(K, count - 1));
        assert.equal(new Set(targets).size, targets.length);
        assert.ok(!targets.includes(agent));
      });
      const { uncovered, inDegree, planned } = coverageOf(assignment);
      assert.equal(planned, count);
      assert.deepEqual(uncovered, count === 1 ? ['node-0'] : []);
      if (count > 1) assert.equal(inDegree.mean, Math.min(K, count - 1));
      assert.ok(inDegree.most <= 3 * K);
    });
  }

  test('is the same whatever the order in which the nodes are told', () => {
    const nodes = cluster(100);
    assert.deepEqual(edges(assign(nodes.toReversed(), K)), edges(assign(nodes, K)));
  });

  test('takes zones and nodes that are called like what every object has', () => {
    const names = ['constructor', 'tostring', 'a'];
    const zoned = ['constructor', '__proto__', 'toString'];
    const nodes = cluster(3).map((node, index) => {
      return { ...node, name: names[index] ?? '', zone: zoned[index] ?? '' };
    });
    const assignment = assign(nodes, K);
    const read = (value: unknown) => JSON.parse(JSON.stringify(value)) as object;
    const zones = Object.entries(read(coverageOf(assignment).zones)) as [string, object][];
    assert.deepEqual(zones.map(([zone]) => zone).toSorted(), zoned.toSorted());
    for (const [zone, row] of zones) {
      const others = zoned.filter((other) => other !== zone).toSorted();
      assert.deepEqual(
        Object.entries(row).toSorted(),
        others.map((other) => [other, 1]),
      );
    }
    const probers = Object.entries(read(probersOf(assignment)));
    assert.deepEqual(
      new Map(probers.map(([node, by]) => [node, (by as string[]).length])),
      new Map(names.toSorted().map((name) => [name, 2])),
    );
  });

  test('spreads zones: about half of the targets in the own zone, and others too', () => {
    const { zones } = coverageOf(assign(cluster(300), K));
    for (const [zone, row] of Object.entries(zones)) {
      const all = Object.values(row).reduce((sum, value) => sum + value, 0);
      assert.ok((row[zone] ?? 0) / all > 0.5 && (row[zone] ?? 0) / all < 0.8);
      assert.equal(Object.keys(row).length, 3);
    }
  });

  test('makes at most 2K edges and a few when a node joins, and ends as many when one leaves or is left out', () => {
    for (const count of [50, 500, 2_000]) {
      const nodes = cluster(count);
      const before = edges(assign(nodes, K));
      const extra = { ...cluster(1)[0], name: 'node-new', zone: 'zone-1' } as MeshNode;
      const joined = edges(assign([...nodes, extra], K));
      assert.ok(missing(joined, before) <= 2 * K + 10, `${missing(joined, before)} new edges`);
      const out = nodes.map((node, at) => (at === 7 ? { ...node, leftOut: 'node-cordoned' as const } : node));
      assert.ok(missing(before, edges(assign(out, K))) <= 2 * K + 10);
      assert.ok(missing(before, edges(assign(nodes.slice(1), K))) <= 2 * K + 10);
    }
  });

  test('leaves out who is to be left out, as agent and as target, and tells those who would have probed it', () => {
    const nodes = cluster(20).map((node, index) =>
      index === 3 ? { ...node, leftOut: 'node-not-ready' as const } : node,
    );
    const assignment = assign(nodes, K);
    assert.ok(!Object.keys(probersOf(assignment)).includes('node-3'));
    assert.deepEqual(coverageOf(assignment).uncovered, []);
    const services = { all: '10.1.0.1', local: '10.1.0.2', port: 8_080 };
    const plans = nodes.map(({ name }) => planOfNode(assignment, name, services));
    for (const plan of plans) meshPlanSchema.parse(plan);
    const told = plans.filter((plan) => plan?.leftOut.some(({ node }) => node === 'node-3'));
    assert.ok(told.length >= 2);
    const own = plans.find((plan) => plan?.node === 'node-3');
    assert.deepEqual([own?.targets, own?.leftOut], [[], [{ node: 'node-3', reason: 'node-not-ready' }]]);
  });

  test('gives an agent both paths to its own node, K pods, and K connections through the Service of all', () => {
    const plan = planOfNode(assign(cluster(30), K), 'node-4', { all: 'all', local: 'local', port: 80 });
    assert.ok(plan !== undefined);
    const own = plan.targets.filter(({ class: where }) => where === 'same-node');
    assert.deepEqual(
      own.map(({ path, address }) => [path, address]),
      [
        ['service', 'local'],
        ['pod-ip', '10.0.0.4'],
      ],
    );
    const service = plan.targets.filter(({ node }) => node === null);
    assert.deepEqual(
      service.map(({ address, connections }) => [address, connections]),
      [['all', K]],
    );
    assert.equal(plan.targets.length, 2 + K + 1);
  });

  test('an agent whose part does not change keeps its revision, whatever changes elsewhere', () => {
    const services = { all: 'all', local: 'local', port: 80 };
    const nodes = cluster(300);
    const [before, after] = [assign(nodes, K), assign(nodes.slice(1), K)];
    const kept = nodes
      .slice(1)
      .filter(
        ({ name }) =>
          planOfNode(before, name, services)?.revision === planOfNode(after, name, services)?.revision,
      );
    assert.ok(kept.length >= 300 - 1 - 2 * K, `${kept.length} of 299`);
  });

  test('refuses two nodes of one name', () => {
    assert.throws(() => assign([...cluster(2), ...cluster(1)], K), RangeError);
  });
});
