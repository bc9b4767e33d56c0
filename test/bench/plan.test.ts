import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { modelsHash, seedOf } from '../../bench/diagnosis/models-hash.ts';
import {
  amountFor,
  conditions,
  estimateMinutes,
  fullPass,
  rounds,
  trialKey,
  truthOf,
} from '../../bench/diagnosis/specs.ts';
import { scenarios } from '../../src/lab/scenarios/index.ts';

const models = 'ab'.repeat(32);
const plan = rounds(scenarios, models, fullPass);
const all = plan.flat();

async function tree(t: TestContext, files: Record<string, string>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'netdebug-models-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  return folder;
}

describe("the models' hash", () => {
  const files = {
    'src/diagnose/a.ts': 'a',
    'src/diagnose/why/b.ts': 'b',
    'src/causes/x/cause.ts': 'x',
    'src/causes/x/page.ts': 'page',
    'src/report/c.ts': 'c',
  };
  const hashOf = async (t: TestContext, changes: Record<string, string> = {}) =>
    modelsHash(await tree(t, { ...files, ...changes }));

  it('is the same for the same logic, whatever else changes', async (t) => {
    const same = { 'src/causes/x/page.ts': 'rewritten', 'src/report/c.ts': 'cc' };
    assert.equal(await hashOf(t), await hashOf(t, same));
    assert.match(await hashOf(t), /^[0-9a-f]{64}$/);
  });

  it('is another when logic or causes change, are added, or move text from file to file', async (t) => {
    const others = await Promise.all([
      hashOf(t),
      hashOf(t, { 'src/diagnose/why/b.ts': 'B' }),
      hashOf(t, { 'src/causes/x/cause.ts': 'X' }),
      hashOf(t, { 'src/causes/y/cause.ts': '' }),
      hashOf(t, { 'src/diagnose/a.ts': 'ab', 'src/diagnose/why/b.ts': '' }),
    ]);
    assert.equal(new Set(others).size, others.length);
  });

  it('is there for the repository', async () => {
    assert.match(await modelsHash(join(import.meta.dirname, '../..')), /^[0-9a-f]{64}$/);
  });
});

describe('seeds', () => {
  it('follow from the models, the run and its number, and from nothing else', () => {
    assert.equal(seedOf(models, 'plain healthy', 3), seedOf(models, 'plain healthy', 3));
    const others = [
      seedOf(models, 'plain healthy', 3),
      seedOf(models, 'plain healthy', 4),
      seedOf(models, 'IPv6 healthy', 3),
      seedOf('cd'.repeat(32), 'plain healthy', 3),
    ];
    assert.equal(new Set(others).size, others.length);
    assert.ok(others.every((seed) => Number.isInteger(seed) && seed >= 0 && seed < 2 ** 31));
  });

  it('are none that anybody set: other models give other runs', () => {
    const keys = new Set(all.map(trialKey));
    const others = rounds(scenarios, 'cd'.repeat(32), fullPass).flat();
    assert.ok(others.every((spec) => !keys.has(trialKey(spec))));
  });
});

describe('a whole pass', () => {
  it('has 20 runs of each scenario, 10 of the later ones, spread over the variants, and no run twice', () => {
    assert.equal(new Set(all.map(trialKey)).size, all.length);
    assert.equal(scenarios.filter((scenario) => amountFor(scenario, 20) === 20).length, 13);
    for (const scenario of scenarios) {
      const { name, variants } = scenario;
      const own = all.filter((spec) => spec.condition === 'plain' && spec.scenario === name);
      const counts = variants.map(
        ({ name: variant }) => own.filter((spec) => spec.variant === variant).length,
      );
      assert.equal(own.length, amountFor(scenario, 20), name);
      assert.ok(Math.max(...counts) - Math.min(...counts) <= 1, `${name}: ${counts.join(' ')}`);
    }
  });

  it('has 50 of real workloads where nothing is wrong and 5 of each cause, 3 of the later ones, the programs in turn', () => {
    const real = all.filter(({ condition }) => condition === 'real workloads');
    for (const scenario of scenarios) {
      const { name } = scenario;
      const own = real.filter((spec) => spec.scenario === name);
      // They are about what our own probes report, or do.
      const without = ['probe-stalled', 'client-aborted', 'server-killed-for-memory', 'backlog-overflow'];
      const some = without.includes(name) ? 0 : amountFor(scenario, 5);
      assert.equal(own.length, name === 'healthy' ? 50 : some, name);
    }
    const well = real.filter(({ scenario }) => scenario === 'healthy');
    const pairs = new Set(well.map(({ variant, workload }) => `${variant} ${String(workload)}`));
    // gRPC and HTTP servers do not speak unasked, and psql does not hear who closes while it is idle.
    assert.equal(pairs.size, 4 * 5 - 3);
    assert.ok(
      all.every(({ condition, workload }) => (condition === 'real workloads') === (workload !== null)),
    );
  });

  it("takes variants that a server in the node's own network can be hit by; where there are none, nothing is to be found", () => {
    const onNode = all.filter(({ condition }) => condition === "server in the node's namespace");
    const truths = Map.groupBy(onNode, ({ scenario }) => scenario);
    const causes = (name: string) => new Set(truths.get(name)?.map((spec) => truthOf(spec).cause));
    // What is delivered on the node itself does not cross the VPC, where the middlebox is.
    assert.deepEqual([...causes('forged-reset')], ['forged-reset']);
    assert.ok(truths.get('forged-reset')?.every(({ variant }) => variant !== 'same-node'));
    assert.deepEqual([...causes('gke-intranode-policy')], [null]);
  });

  it('has 5 of each scenario watched, 2 in each surrounding, of the later ones half as many, and fixes only on demand', () => {
    const count = (condition: string, some = all) =>
      some.filter((spec) => spec.condition === condition).length;
    for (const [condition, most] of [
      ['watched', 5],
      ['IPv6', 2],
      ["server in the node's namespace", 2],
      ['busy machine', 2],
    ] as const)
      assert.equal(
        count(condition),
        scenarios.reduce((sum, scenario) => sum + amountFor(scenario, most), 0),
      );
    assert.equal(count('fixed'), 0);
    const pairs = scenarios.reduce((sum, { variants, fixes }) => sum + variants.length * fixes.length, 0);
    const withFixes = rounds(scenarios, models, { ...fullPass, fixSeeds: 2 }).flat();
    assert.equal(count('fixed', withFixes), 2 * pairs);
    assert.ok(withFixes.every(({ condition }) => conditions.includes(condition)));
  });

  it('makes every scenario in its first round, those beside a busy machine last', () => {
    const [first = []] = plan;
    assert.equal(new Set(first.map(({ scenario }) => scenario)).size, scenarios.length);
    for (const round of plan) {
      const busy = round.map(({ condition }) => condition === 'busy machine');
      assert.deepEqual(
        busy,
        busy.toSorted((a, b) => Number(a) - Number(b)),
      );
    }
  });

  it('fits into an hour and a half on two cores, by its own estimate', () => {
    const estimate = estimateMinutes(all, 2);
    assert.ok(estimate > 0 && estimate <= 90, String(estimate));
  });
});
