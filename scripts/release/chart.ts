// The Helm chart of the mesh, made of the manifests that `kubectl apply -k` takes, so that there is one description of it.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { stringify } from 'yaml';
import { templatesOf } from './chart/templates.ts';
import { valuesSchema, valuesYaml } from './chart/values.ts';

export const chartName = 'netdebug-mesh';

const notes = `The mesh starts in the namespace {{ .Release.Namespace }}. Whether every node is watched:

  netdebug mesh status -n {{ .Release.Namespace }}

Without an image of your own its pods do not start: --set image.repository=REPOSITORY/netdebug.
What it watches and what its alerts mean: docs/mesh.md.
`;

/** Texts by the names of their files. @param mesh The folder manifests/mesh */
export function chartFiles(mesh: string, version: string): ReadonlyMap<string, string> {
  const chart = {
    apiVersion: 'v2',
    name: chartName,
    description: 'Watches all nodes of a cluster for resets of long-lived TCP connections',
    type: 'application',
    version,
    appVersion: version,
    kubeVersion: '>=1.22.0-0',
  };
  return new Map([
    ['Chart.yaml', stringify(chart)],
    ['values.yaml', valuesYaml(mesh)],
    ['values.schema.json', `${JSON.stringify(valuesSchema, null, 2)}\n`],
    ...templatesOf(mesh),
    ['templates/NOTES.txt', notes],
  ]);
}

/** Writes the chart below `folder`, as a folder of its name. Returns that. */
export function writeChart(mesh: string, version: string, folder: string): string {
  const chart = join(folder, chartName);
  for (const [name, content] of chartFiles(mesh, version)) {
    const file = join(chart, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
  return chart;
}
