// The rules and alerts of the mesh and of the watcher under promtool, their two homes side by side, and the watcher's dashboard.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { parse, stringify } from 'yaml';
import { causeIds } from '../../src/causes/index.ts';
import { createWatchMetrics } from '../../src/metrics/watch-metrics.ts';
import { noPrometheus, promtool, root, rulesFile, watchRulesFile } from './prometheus.ts';

/** Nobody's (RFC 2606): whoever applies the alerts puts the address of an own copy there. */
const placeholder = 'https://netdebug.example';

interface Rules {
  readonly groups: readonly {
    readonly rules: readonly {
      readonly alert?: string;
      readonly annotations?: Readonly<Record<string, string>>;
    }[];
  }[];
}

const readYaml = (file: string) => parse(readFileSync(file, 'utf8')) as unknown;
const alertsOf = (file: string) =>
  (readYaml(file) as Rules).groups.flatMap(({ rules }) =>
    rules.flatMap(({ alert, annotations = {} }) => (alert === undefined ? [] : [{ alert, annotations }])),
  );

/** Each file of rules, what tests them, and the operator's overlay that has them, too. */
const all = [
  { file: rulesFile, tests: 'alerts.yaml', overlay: 'prometheus-operator' },
  { file: watchRulesFile, tests: 'watch-alerts.yaml', overlay: 'watcher-prometheus-operator' },
] as const;

for (const { file, tests, overlay } of all) {
  const name = basename(file);

  test(`promtool takes ${name}`, { skip: noPrometheus }, () => {
    const { status, stdout, stderr } = spawnSync(promtool, ['check', 'rules', file], { encoding: 'utf8' });
    assert.equal(status, 0, stdout + stderr);
  });

  test(`each alert of ${name} fires when it must and at no other time`, { skip: noPrometheus }, () => {
    const words = ['test', 'rules', join(import.meta.dirname, tests)];
    const { status, stdout, stderr } = spawnSync(promtool, words, { encoding: 'utf8' });
    assert.equal(status, 0, stdout + stderr);
  });

  test(`each alert of ${name} has a test that it fires`, () => {
    const text = readFileSync(join(import.meta.dirname, tests), 'utf8');
    for (const { alert } of alertsOf(file))
      assert.match(text, new RegExp(`alertname: ${alert}\n +exp_alerts:\n`), alert);
  });

  test(`the operator gets the same groups as ${name} has`, () => {
    const operator = readYaml(join(root, `manifests/mesh/overlays/${overlay}/rules.yaml`)) as { spec: Rules };
    assert.deepEqual(operator.spec, readYaml(file));
  });
}

test(
  "promtool takes the scrape settings of docs/mesh.md, and they make the alerts' jobs",
  { skip: noPrometheus },
  (t) => {
    const text = readFileSync(join(root, 'docs/mesh.md'), 'utf8');
    const blocks = [...text.matchAll(/```yaml\n(rule_files[^`]+)```/g)].map(([, settings = '']) => settings);
    assert.equal(blocks.length, 2);
    const folder = mkdtempSync(join(tmpdir(), 'netdebug-promtool-'));
    t.after(() => rmSync(folder, { recursive: true }));
    for (const { file } of all) copyFileSync(file, join(folder, basename(file)));
    for (const settings of blocks) {
      // Debian's Prometheus is built without the discovery of pods; everything else is as it stands there.
      const known = settings.replace(
        /kubernetes_sd_configs:\n {6}- role: pod\n.*\n/,
        "static_configs: [{ targets: ['a:1'] }]\n",
      );
      assert.notEqual(known, settings);
      writeFileSync(join(folder, 'prometheus.yml'), known);
      const words = ['check', 'config', '--syntax-only', join(folder, 'prometheus.yml')];
      const { status, stdout, stderr } = spawnSync(promtool, words, { encoding: 'utf8' });
      assert.equal(status, 0, stdout + stderr);
    }
    assert.match(
      blocks.join(''),
      /__meta_kubernetes_pod_label_component\], replacement: 'netdebug-mesh-\$1', target_label: job/,
    );
    assert.match(blocks.join(''), /job_name: netdebug-watch\n {4}honor_labels: true/);
  },
);

/** As the usual hosts of Markdown make a heading's anchor. */
const anchorOf = (heading: string) => heading.toLowerCase().replaceAll(' ', '-');

test('each alert leads to netdebug explain, to a page that is there, and by sentence and link to a heading of docs/mesh.md that is there', () => {
  const headings = readFileSync(join(root, 'docs/mesh.md'), 'utf8');
  const pages: readonly string[] = causeIds;
  assert.ok(
    headings.includes(`| sed 's|${placeholder}|`),
    'docs/mesh.md says how to put an own address there',
  );
  const alerts = all.flatMap(({ file }) => alertsOf(file));
  assert.ok(alerts.length >= 15);
  for (const { alert, annotations } of alerts) {
    const { runbook = '' } = annotations;
    assert.match(runbook, /netdebug explain/, alert);
    for (const [, page] of runbook.matchAll(/netdebug explain ([a-z]+-[a-z-]+)/g))
      assert.ok(pages.includes(page ?? ''), page);
    const [, heading = ''] = /docs\/mesh\.md, "(.+?)"/.exec(runbook) ?? [];
    assert.ok(headings.includes(`\n### ${heading}\n`), `${alert}: ${heading}`);
    assert.equal(annotations['runbook_url'], `${placeholder}/docs/mesh.md#${anchorOf(heading)}`, alert);
  }
});

interface Dashboard {
  readonly panels: readonly {
    readonly title: string;
    readonly targets: readonly { readonly expr: string }[];
  }[];
}

/** What a watcher serves, each value growing by one a minute, as promtool takes it. */
async function servedSeries(): Promise<{ series: string; values: string }[]> {
  const metrics = createWatchMetrics({
    ...{ node: 'node-1', version: '1', mostLabelSets: 10 },
    numbers: () => ({
      ...{ connections: 3, processes: 2, untold: 0, held: 0, pods: 1, seesLosses: true },
      witnesses: new Map([['capture', 'limited']]),
    }),
  });
  for (const end of ['client', 'server']) {
    const of = { namespace: 'shop', workload: 'checkout', workload_type: 'deployment' };
    metrics.losses.hold({
      ...{ cause: 'policy-reject', author: 'node-rule', certainty: 'proven', end },
      ...of,
    });
  }
  return (await metrics.text())
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [, name = '', labels = '', value = ''] = /^([a-z_]+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
      const all = [...(labels.includes('node=') ? [] : ['node="node-1"']), labels].filter(
        (one) => one !== '',
      );
      return { series: `${name}{${all.join()}}`, values: `${value}+1x90` };
    });
}

test(
  "every query of the watcher's dashboard has data from what a watcher serves",
  { skip: noPrometheus },
  async (t) => {
    const text = readFileSync(join(root, 'manifests/mesh/dashboards/losses.json'), 'utf8');
    const { panels } = JSON.parse(text) as Dashboard;
    const queries = panels.flatMap(({ title, targets }) =>
      targets.map(({ expr }) => ({ title, expr: expr.replace(/\$(namespace|workload)/g, '.*') })),
    );
    assert.ok(queries.length > 10);
    const folder = mkdtempSync(join(tmpdir(), 'netdebug-promtool-'));
    t.after(() => rmSync(folder, { recursive: true }));
    const rules = queries.map(({ expr }, index) => ({ alert: `Query${index}`, expr: `count(${expr}) > 0` }));
    writeFileSync(join(folder, 'queries.yaml'), stringify({ groups: [{ name: 'queries', rules }] }));
    const asked = queries.map((_, index) => ({
      ...{ eval_time: '80m', alertname: `Query${index}`, exp_alerts: [{ exp_labels: {} }] },
    }));
    const tests = [{ interval: '1m', input_series: await servedSeries(), alert_rule_test: asked }];
    const files = { rule_files: [watchRulesFile, 'queries.yaml'], evaluation_interval: '1m', tests };
    writeFileSync(join(folder, 'test.yaml'), stringify(files));
    const words = ['test', 'rules', join(folder, 'test.yaml')];
    const { status, stdout, stderr } = spawnSync(promtool, words, { encoding: 'utf8' });
    assert.equal(
      status,
      0,
      `${stdout}${stderr}\n${queries.map(({ title, expr }, index) => `Query${index} ${title}: ${expr}`).join('\n')}`,
    );
  },
);
