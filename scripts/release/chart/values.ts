// The chart's values, which are those of the manifests until somebody says otherwise, and the schema that refuses what is none.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Document, isMap, isScalar, parseAllDocuments, type YAMLMap } from 'yaml';

const parts = ['agent', 'server', 'coordinator'] as const;

interface PodValues {
  readonly resources: object;
  readonly tolerations: readonly object[];
  readonly nodeSelector: object;
}

/** What a part's manifest has. */
function valuesOf(mesh: string, part: string): PodValues {
  const texts = parseAllDocuments(readFileSync(join(mesh, `base/${part}.yaml`), 'utf8'));
  const [object] = texts.map((document) => document.toJS() as object);
  const { spec } = (
    object as { spec: { template: { spec: Partial<PodValues> & { containers: { resources: object }[] } } } }
  ).spec.template;
  const { tolerations = [], nodeSelector = {}, containers } = spec;
  return { resources: containers[0]?.resources ?? {}, tolerations, nodeSelector };
}

const comments: Readonly<Record<string, string>> = {
  image: ' Built from the Dockerfile, target "netdebug"; none is published.',
  imagePullSecrets: ' Names of Secrets: [{ name: registry }].',
  'namespace.create':
    ' Make the namespace of the release, too, with the label for Pod Security; helm install --create-namespace makes one without.',
  'agent.pairSeries': ' Series for each pair of nodes: as many as connections, so for small clusters.',
  'prometheusOperator.enabled':
    " PodMonitors and a PrometheusRule, which take the Prometheus Operator's definitions.",
  'prometheusOperator.runbooks': ' Where your people read the pages of docs: the address before /docs.',
};

export function valuesYaml(mesh: string): string {
  const [agent, server, coordinator] = parts.map((part) => valuesOf(mesh, part));
  const document = new Document({
    image: { repository: 'netdebug', tag: 'latest', pullPolicy: 'IfNotPresent' },
    imagePullSecrets: [],
    namespace: { create: false },
    agent: { pairSeries: false, ...agent },
    server,
    coordinator,
    prometheusOperator: { enabled: false, runbooks: 'https://netdebug.example' },
  });
  document.commentBefore =
    ' Values of the chart netdebug-mesh; what is not said here is as in manifests/mesh/base.';
  for (const [path, comment] of Object.entries(comments)) {
    const keys = path.split('.');
    const map = document.getIn(keys.slice(0, -1), true) ?? document.contents;
    if (isMap(map)) commentOn(map, keys.at(-1) ?? '', comment);
  }
  return document.toString({ lineWidth: 0 });
}

function commentOn(map: YAMLMap, name: string, comment: string): void {
  const pair = map.items.find(({ key }) => isScalar(key) && key.value === name);
  if (pair !== undefined && isScalar(pair.key)) pair.key.commentBefore = comment;
}

const strict = (properties: object) => ({ type: 'object', additionalProperties: false, properties });
const text = { type: 'string', minLength: 1 };
const flag = { type: 'boolean' };
const listOfObjects = { type: 'array', items: { type: 'object' } };
const quantities = { type: 'object', additionalProperties: { type: ['string', 'number'] } };
const podValues = {
  resources: strict({ requests: quantities, limits: quantities, claims: listOfObjects }),
  tolerations: listOfObjects,
  nodeSelector: { type: 'object', additionalProperties: { type: 'string' } },
};

export const valuesSchema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'Values of the chart netdebug-mesh',
  ...strict({
    // Helm hands these to every chart.
    global: { type: 'object' },
    image: strict({
      repository: text,
      tag: text,
      pullPolicy: { enum: ['Always', 'IfNotPresent', 'Never'] },
    }),
    imagePullSecrets: listOfObjects,
    namespace: strict({ create: flag }),
    agent: strict({ pairSeries: flag, ...podValues }),
    server: strict(podValues),
    coordinator: strict(podValues),
    prometheusOperator: strict({ enabled: flag, runbooks: { type: 'string', pattern: '^https?://.*[^/]$' } }),
  }),
};
