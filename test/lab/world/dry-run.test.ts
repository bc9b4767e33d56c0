// What is printed of a run holds the bug itself: who changes the nodes, how, and how often.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { choose, findScenario, scenarios, type Wishes } from '../../../src/lab/scenarios/index.ts';
import { dryRunScript } from '../../../src/lab/world/dry-run.ts';

function linesOf(name: string, wishes: Wishes, speed = 1): string[] {
  const scenario = findScenario(name);
  const setup = scenario.setup(choose(scenario, wishes));
  const script = dryRunScript(setup, { connections: 4, periodMs: setup.clientPeriodMs / speed, speed });
  return script.split('\n');
}

test('each actor is printed after the programs, with its times divided by the speed and its commands', () => {
  const lines = linesOf('gke-intranode-policy', {}, 10);
  const from = lines.findIndex((line) => line.startsWith('# netd on node-1'));
  assert.ok(from > lines.findLastIndex((line) => line.includes(' netdebug client ')));
  assert.deepEqual(lines.slice(from, from + 7), [
    '# netd on node-1, every 1s, puts back those of its rules that are missing:',
    'ip -n node-1 rule add fwmark 0x4000/0x4000 lookup main preference 30001',
    'ip -n node-1 rule add iif lo lookup main preference 30002',
    'ip -n node-1 rule add not iif eth0 lookup 1 preference 30003',
    '',
    '# Felix on node-1, every 9s and up to 900ms more, deletes every rule that looks up table 1, the lowest of its range 1-250:',
    'while ip -n node-1 rule delete lookup 1; do :; done',
  ]);
});

test('the fix of the GKE bug differs from the bug by the range of each node’s Felix, and by nothing else', () => {
  const broken = linesOf('gke-intranode-policy', {});
  const fixed = linesOf('gke-intranode-policy', { fix: 'felix-table-range' });
  assert.equal(broken.length, fixed.length);
  const differing = broken.flatMap((line, index) => (line === fixed[index] ? [] : [[line, fixed[index]]]));
  const about = 'every 1m30s and up to 9s more, deletes every rule that looks up table';
  assert.deepEqual(
    differing,
    ['node-1', 'node-2'].flatMap((node) => [
      [
        `# Felix on ${node}, ${about} 1, the lowest of its range 1-250:`,
        `# Felix on ${node}, ${about} 10, the lowest of its range 10-250:`,
      ],
      [
        `while ip -n ${node} rule delete lookup 1; do :; done`,
        `while ip -n ${node} rule delete lookup 10; do :; done`,
      ],
    ]),
  );
});

for (const { name, fixes } of scenarios.filter((scenario) => scenario.fixes.length > 0)) {
  test(`every fix of ${name} can be seen in what is printed`, () => {
    const printed = [{}, ...fixes.map((fix) => ({ fix: fix.name }))].map((wishes) =>
      linesOf(name, wishes).join('\n'),
    );
    assert.equal(new Set(printed).size, printed.length);
  });
}

test('a watcher is printed for each node where it is asked for, and none where it is not', () => {
  const scenario = findScenario('policy-reject');
  const setup = scenario.setup(choose(scenario));
  const watchersOf = (watch: boolean) =>
    dryRunScript(setup, { connections: 4, periodMs: 1_000, speed: 1, watch })
      .split('\n')
      .filter((line) => line.includes('netdebug watch'));
  const pods = { 'node-1': '10.44.0.10,10.44.0.33', 'node-2': '10.44.1.21' };
  assert.deepEqual(
    watchersOf(true),
    Object.entries(pods).map(
      ([name, own]) =>
        `nsenter --net=/run/netns/${name} netdebug watch -o json --node ${name} --pods-at ${own} --without names &`,
    ),
  );
  assert.deepEqual(watchersOf(false), []);
});
