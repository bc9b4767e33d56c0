// Renders a kustomization with the machine's kubectl, as users do.
import { execFileSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { KubeObject } from '../../src/cluster/experiment-objects.ts';
import { readVersions } from '../../src/system/tools/kubectl-version.ts';
import { findTool } from '../../src/system/find-tool.ts';

const root = dirname(dirname(import.meta.dirname));

export const kustomizations = [
  'manifests',
  'manifests/overlays/namespace',
  'manifests/overlays/network-policy',
  'manifests/overlays/observe',
  'manifests/overlays/pod-ip',
] as const;

export const kubectlSkip = findTool('kubectl') === undefined ? 'kubectl is not installed' : false;

/** The kustomize inside kubectl 1.20, Debian 12's, takes no folders as resources. */
export const overlaySkip = kubectlSkip !== false ? kubectlSkip : oldKubectl();

function oldKubectl(): string | false {
  const said = execFileSync('kubectl', ['version', '--client', '--output=json'], { encoding: 'utf8' });
  const { client } = readVersions(JSON.parse(said));
  return client.minor !== null && client.minor < 21
    ? `kubectl ${client.text} is older than the overlays need (1.21)`
    : false;
}

/** The objects that `kubectl kustomize FOLDER` prints. */
export function render(folder: string): KubeObject[] {
  const text = execFileSync('kubectl', ['kustomize', join(root, folder)], { encoding: 'utf8' });
  return parseAllDocuments(text).map((document) => document.toJS() as KubeObject);
}
