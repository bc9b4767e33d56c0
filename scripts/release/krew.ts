// The manifest by which krew installs `kubectl netdebug`: what there is for which machine, where, and its checksum.
import { stringify } from 'yaml';

/** What the program is built for, as krew, Go and Debian call it. */
export interface Platform {
  readonly os: 'linux' | 'darwin';
  readonly arch: 'amd64' | 'arm64';
}

export interface Archive extends Platform {
  /** The name of its file, below the base address. */
  readonly file: string;
  readonly sha256: string;
}

/** The program's file in each archive. krew links it as kubectl-netdebug, and may not link what completes it. */
export const programFile = 'netdebug';

const caveats = `Tab behind "kubectl netdebug" takes a second name for the program in your PATH:
  ln -s kubectl-netdebug "\${KREW_ROOT:-$HOME/.krew}/bin/kubectl_complete-netdebug"
"kubectl netdebug explain" needs no cluster.
`;

const description = `Runs an experiment on your cluster: are same-node connections reset and cross-node ones not, since when,
how often, and why; and explains the causes of resets, how to confirm each, and what ends it.
Everything that it creates is removed again.
`;

export function krewManifest(version: string, baseUrl: string, archives: readonly Archive[]): string {
  const manifest = {
    apiVersion: 'krew.googlecontainertools.github.com/v1alpha2',
    kind: 'Plugin',
    metadata: { name: 'netdebug' },
    spec: {
      version: `v${version}`,
      shortDescription: 'Say who resets connections between pods, and why',
      description,
      caveats,
      platforms: archives.map(({ os, arch, file, sha256 }) => ({
        selector: { matchLabels: { os, arch } },
        uri: `${baseUrl}/${file}`,
        sha256,
        bin: programFile,
      })),
    },
  };
  return stringify(manifest, { lineWidth: 0 });
}
