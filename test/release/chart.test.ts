// The Helm chart renders to the same objects as the kustomizations that it is made of, whatever switch is on; and refuses wrong values.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { parse, parseAllDocuments } from 'yaml';
import { chartFiles, writeChart } from '../../scripts/release/chart.ts';
import { createSlots } from '../../scripts/release/chart/slots.ts';
import type { KubeObject } from '../../src/cluster/experiment-objects.ts';
import { findTool } from '../../src/system/find-tool.ts';
import { schemaErrors } from '../manifests/api-schemas.ts';
import { kubectlSkip, overlaySkip, render } from '../manifests/render.ts';

const root = join(import.meta.dirname, '../..');
const mesh = join(root, 'manifests/mesh');
const helmSkip = findTool('helm') === undefined && 'helm is not installed';

let folder = '';
let chart = '';
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'netdebug-chart-'));
  chart = writeChart(mesh, '1.2.3', folder);
});
after(() => rm(folder, { recursive: true, force: true }));

const inOrder = (objects: readonly KubeObject[]) =>
  objects.toSorted((a, b) => nameOf(a).localeCompare(nameOf(b)));
const namespaceOf = ({ metadata }: KubeObject) => (metadata as { readonly namespace?: string }).namespace;
const nameOf = (object: KubeObject) => `${object.kind}/${namespaceOf(object) ?? ''}/${object.metadata.name}`;

/** The objects that the chart makes; helm renders for a server of its own age unless it is told another. */
function templated(...words: readonly string[]): KubeObject[] {
  const given = [
    'template',
    'netdebug-mesh',
    chart,
    '--namespace',
    'netdebug-mesh',
    '--kube-version',
    '1.30.0',
  ];
  const text = execFileSync('helm', [...given, ...words], { encoding: 'utf8' });
  return parseAllDocuments(text)
    .map((document) => document.toJS() as KubeObject | null)
    .filter((object) => object !== null);
}

describe('with helm, the chart', { skip: helmSkip }, () => {
  const base = 'manifests/mesh/base';
  const overlay = (name: string) => `manifests/mesh/overlays/${name}`;
  const withNamespace = ['--set', 'namespace.create=true'];

  test('passes its lint', () => {
    execFileSync('helm', ['lint', '--strict', '--quiet', chart]);
  });

  test('makes what kubectl kustomize makes, but the namespace', { skip: kubectlSkip }, () => {
    const wanted = render(base).filter(({ kind }) => kind !== 'Namespace');
    assert.ok(wanted.length > 10);
    assert.deepEqual(inOrder(templated()), inOrder(wanted));
  });

  for (const [what, words, kustomization, skip] of [
    ['with its namespace', withNamespace, base, kubectlSkip],
    ['of pairs', [...withNamespace, '--set', 'agent.pairSeries=true'], overlay('pairs'), overlaySkip],
    [
      'for the Prometheus Operator',
      [...withNamespace, '--set', 'prometheusOperator.enabled=true'],
      overlay('prometheus-operator'),
      overlaySkip,
    ],
  ] as const)
    test(`makes what the kustomization makes ${what}`, { skip }, () => {
      assert.deepEqual(inOrder(templated(...words)), inOrder(render(kustomization)));
    });

  test('goes to the namespace of the release, with the image and the resources that are set', () => {
    const values = [
      ...['--namespace', 'elsewhere', '--set', 'image.repository=registry.example/netdebug'],
      ...['--set', 'image.tag=1.2.3', '--set', 'agent.resources.limits.memory=1Gi'],
      ...['--set-json', 'server.tolerations=[]', '--set-json', 'imagePullSecrets=[{"name":"registry"}]'],
      ...['--set-json', 'coordinator.tolerations=[{"key":"a","operator":"Exists"}]'],
    ];
    const objects = templated(...values);
    for (const object of objects) {
      assert.equal(schemaErrors(object), '', nameOf(object));
      assert.ok(['elsewhere', undefined].includes(namespaceOf(object)), nameOf(object));
    }
    const said = JSON.stringify(objects);
    assert.ok(!said.includes('"namespace":"netdebug-mesh"'));
    const specs = new Map(
      objects.flatMap((object) => {
        const { template } = (object['spec'] ?? {}) as { template?: { spec: Record<string, unknown> } };
        return template === undefined ? [] : [[object.metadata.name, template.spec] as const];
      }),
    );
    assert.equal(specs.size, 3);
    for (const spec of specs.values()) {
      const [container] = spec['containers'] as { image: string }[];
      assert.equal(container?.image, 'registry.example/netdebug:1.2.3');
      assert.deepEqual(spec['imagePullSecrets'], [{ name: 'registry' }]);
    }
    const agent = specs.get('netdebug-mesh-agent')?.['containers'] as { resources: { limits: object } }[];
    assert.deepEqual(agent[0]?.resources.limits, { cpu: '200m', memory: '1Gi' });
    assert.ok(!('tolerations' in (specs.get('netdebug-mesh-server') ?? {})));
    assert.deepEqual(specs.get('netdebug-mesh-coordinator')?.['tolerations'], [
      { key: 'a', operator: 'Exists' },
    ]);
  });

  test('has runbooks where they are said to be', () => {
    const set = [
      'prometheusOperator.enabled=true',
      'prometheusOperator.runbooks=https://wiki.example/netdebug',
    ];
    const said = JSON.stringify(templated('--set', set.join(',')));
    assert.ok(said.includes('https://wiki.example/netdebug/docs/mesh.md#when-netdebugmeshresets-fires'));
    assert.ok(!said.includes('netdebug.example'));
  });

  test('refuses values of another shape, and names that it has not', () => {
    for (const [value, why] of [
      ['image.tag=5', /image\/tag.*want string/],
      ['agent.pairseries=true', /pairseries/],
      ['prometheusOperator.runbooks=wiki', /runbooks/],
      ['image.pullPolicy=Sometimes', /pullPolicy/],
      ['server.resources.limit.memory=1Gi', /limit/],
    ] as const) {
      const words = ['template', 'x', chart, '--kube-version', '1.30.0', '--set', value];
      const { status, stderr } = spawnSync('helm', words, { encoding: 'utf8' });
      assert.notEqual(status, 0, value);
      assert.match(stderr, why);
    }
  });
});

describe('without helm', () => {
  const files = chartFiles(mesh, '1.2.3');

  test('the chart has the version, and values for each part as the manifests have them', () => {
    const { version, appVersion } = parse(files.get('Chart.yaml') ?? '') as Record<string, string>;
    assert.deepEqual({ version, appVersion }, { version: '1.2.3', appVersion: '1.2.3' });
    const values = parse(files.get('values.yaml') ?? '') as Record<string, { resources: unknown }>;
    for (const part of ['agent', 'server', 'coordinator']) {
      const text = files.get(`templates/${part}.yaml`) ?? '';
      for (const value of ['resources', 'tolerations', 'nodeSelector'])
        assert.ok(text.includes(`.Values.${part}.${value}`), `${part} ${value}`);
      assert.ok('limits' in (values[part]?.resources as object));
    }
  });

  test('each value is in the schema, and no directive names another', () => {
    interface Schema {
      readonly properties?: Readonly<Record<string, Schema>>;
    }
    const schema = JSON.parse(files.get('values.schema.json') ?? '') as Schema;
    const pathsIn = (value: unknown, of: Schema | undefined, path: string): string[] =>
      of?.properties === undefined
        ? [path]
        : Object.entries(value as object).flatMap(([name, inner]) => {
            assert.ok(of.properties?.[name] !== undefined, `${path}.${name} is in no schema`);
            return pathsIn(inner, of.properties[name], `${path}.${name}`);
          });
    const known = pathsIn(parse(files.get('values.yaml') ?? ''), schema, '.Values');
    const named = [...files.values()].flatMap((text) => text.match(/\.Values[A-Za-z.]*/g) ?? []);
    assert.ok(named.length > 20);
    const isKnown = (name: string) => known.some((path) => path === name || path.startsWith(`${name}.`));
    assert.deepEqual(
      named.filter((name) => !isKnown(name)),
      [],
    );
  });

  test('what looks like a directive in a manifest stands for itself', () => {
    const slots = createSlots();
    assert.equal(slots.fill('summary: {{ $value }} nodes'), 'summary: {{ "{{" }} $value }} nodes');
    const text = slots.fill(
      `- key: ${slots.block('.Values.x')}\n  other: ${slots.inline('{{ .Values.y }}')}`,
    );
    assert.equal(text, '- key:\n    {{- toYaml .Values.x | nindent 4 }}\n  other: {{ .Values.y }}');
  });
});
