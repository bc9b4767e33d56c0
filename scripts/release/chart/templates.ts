// The chart's templates: the manifests as they are, with what the values say put in their places.
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parse, parseAllDocuments, type Document } from 'yaml';
import { createSlots, type Slots } from './slots.ts';

/** Objects that are in no namespace. */
const ofNoNamespace = ['Namespace', 'ClusterRole', 'ClusterRoleBinding', 'PriorityClass'];

const namespace = '{{ .Release.Namespace }}';
const pod = ['spec', 'template', 'spec'];
const container = [...pod, 'containers', 0];

/** Texts by the names of their files. @param mesh The folder manifests/mesh */
export function templatesOf(mesh: string): ReadonlyMap<string, string> {
  const base = filesOf(join(mesh, 'base')).map((file) => [
    `templates/${basename(file)}`,
    file.endsWith('/namespace.yaml') ? onlyIf('.Values.namespace.create', template(file)) : template(file),
  ]);
  const operator = filesOf(join(mesh, 'overlays/prometheus-operator')).map((file) => [
    `templates/prometheus-operator-${basename(file)}`,
    onlyIf(
      '.Values.prometheusOperator.enabled',
      template(file).replaceAll('https://netdebug.example', '{{ $.Values.prometheusOperator.runbooks }}'),
    ),
  ]);
  return new Map([...base, ...operator] as [string, string][]);
}

/** What a kustomization lists of its own folder. */
function filesOf(folder: string): string[] {
  const { resources } = parse(readFileSync(join(folder, 'kustomization.yaml'), 'utf8')) as {
    resources: string[];
  };
  return resources.filter((name) => !name.startsWith('.')).map((name) => join(folder, name));
}

const onlyIf = (condition: string, text: string) => `{{- if ${condition} }}\n${text}{{- end }}\n`;

function template(file: string): string {
  const slots = createSlots();
  const documents = parseAllDocuments(readFileSync(file, 'utf8')) as Document.Parsed[];
  for (const document of documents) {
    putNamespace(document, slots);
    if (document.hasIn(pod)) putValues(document, slots);
  }
  const texts = documents.map((document) => document.toString({ lineWidth: 0, directives: false }));
  return slots.fill(texts.join('---\n'));
}

function putNamespace(document: Document, slots: Slots): void {
  const kind = document.get('kind') as string;
  if (kind === 'Namespace') document.setIn(['metadata', 'name'], slots.inline(namespace));
  if (!ofNoNamespace.includes(kind)) document.setIn(['metadata', 'namespace'], slots.inline(namespace));
  for (let index = 0; document.hasIn(['subjects', index]); index++)
    document.setIn(['subjects', index, 'namespace'], slots.inline(namespace));
}

function putValues(document: Document, slots: Slots): void {
  const part = document.getIn(['metadata', 'labels', 'component']) as string;
  const values = `.Values.${part}`;
  const set = (path: readonly unknown[], value: string) => document.setIn(path, value);
  set([...container, 'image'], slots.inline('"{{ .Values.image.repository }}:{{ .Values.image.tag }}"'));
  set([...container, 'imagePullPolicy'], slots.inline('{{ .Values.image.pullPolicy }}'));
  set([...container, 'resources'], slots.block(`${values}.resources`));
  set([...pod, 'tolerations'], slots.keyWith(`${values}.tolerations`));
  set([...pod, 'nodeSelector'], slots.block(`${values}.nodeSelector`));
  set([...pod, 'imagePullSecrets'], slots.keyWith('.Values.imagePullSecrets'));
  if (part === 'agent')
    document.addIn([...container, 'args'], slots.itemIf('.Values.agent.pairSeries', '--pair-series'));
}
