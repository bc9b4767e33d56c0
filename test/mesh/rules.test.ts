// The mesh's rules and alerts under promtool, and their two homes side by side.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { causeIds } from '../../src/causes/index.ts';
import { noPrometheus, promtool, root, rulesFile } from './prometheus.ts';

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

test('promtool takes the rules', { skip: noPrometheus }, () => {
  const { status, stdout, stderr } = spawnSync(promtool, ['check', 'rules', rulesFile], { encoding: 'utf8' });
  assert.equal(status, 0, stdout + stderr);
});

test('each alert fires when it must and at no other time', { skip: noPrometheus }, () => {
  const file = join(import.meta.dirname, 'alerts.yaml');
  const { status, stdout, stderr } = spawnSync(promtool, ['test', 'rules', file], { encoding: 'utf8' });
  assert.equal(status, 0, stdout + stderr);
});

test(
  "promtool takes the scrape settings of docs/mesh.md, and they make the alerts' jobs",
  { skip: noPrometheus },
  (t) => {
    const text = readFileSync(join(root, 'docs/mesh.md'), 'utf8');
    const [, settings = ''] = /```yaml\n(rule_files[^`]+)```/.exec(text) ?? [];
    const folder = mkdtempSync(join(tmpdir(), 'netdebug-promtool-'));
    t.after(() => rmSync(folder, { recursive: true }));
    // Debian's Prometheus is built without the discovery of pods; everything else is as it stands there.
    const known = settings.replace(
      /kubernetes_sd_configs:\n {6}- role: pod\n.*\n/,
      "static_configs: [{ targets: ['a:1'] }]\n",
    );
    assert.notEqual(known, settings);
    writeFileSync(join(folder, 'prometheus.yml'), known);
    copyFileSync(rulesFile, join(folder, 'netdebug-mesh.yaml'));
    const words = ['check', 'config', '--syntax-only', join(folder, 'prometheus.yml')];
    const { status, stdout, stderr } = spawnSync(promtool, words, { encoding: 'utf8' });
    assert.equal(status, 0, stdout + stderr);
    assert.match(
      settings,
      /__meta_kubernetes_pod_label_component\], replacement: 'netdebug-mesh-\$1', target_label: job/,
    );
  },
);

test('the operator gets the same groups', () => {
  const operator = readYaml(join(root, 'manifests/mesh/overlays/prometheus-operator/rules.yaml')) as {
    spec: Rules;
  };
  assert.deepEqual(operator.spec, readYaml(rulesFile));
});

/** As the usual hosts of Markdown make a heading's anchor. */
const anchorOf = (heading: string) => heading.toLowerCase().replaceAll(' ', '-');

test('each alert leads to netdebug explain, to a page that is there, and by sentence and link to a heading of docs/mesh.md that is there', () => {
  const headings = readFileSync(join(root, 'docs/mesh.md'), 'utf8');
  const pages: readonly string[] = causeIds;
  assert.ok(
    headings.includes(`| sed 's|${placeholder}|`),
    'docs/mesh.md says how to put an own address there',
  );
  const alerts = (readYaml(rulesFile) as Rules).groups
    .flatMap(({ rules }) => rules)
    .filter(({ alert }) => alert !== undefined);
  assert.ok(alerts.length >= 5);
  for (const { alert, annotations = {} } of alerts) {
    const { runbook = '' } = annotations;
    assert.match(runbook, /netdebug explain/, alert);
    for (const [, page] of runbook.matchAll(/netdebug explain ([a-z]+-[a-z-]+)/g))
      assert.ok(pages.includes(page ?? ''), page);
    const [, heading = ''] = /docs\/mesh\.md, "(.+?)"/.exec(runbook) ?? [];
    assert.ok(headings.includes(`\n### ${heading}\n`), `${alert ?? ''}: ${heading}`);
    assert.equal(annotations['runbook_url'], `${placeholder}/docs/mesh.md#${anchorOf(heading)}`, alert);
  }
});
