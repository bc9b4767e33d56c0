// `netdebug version`: which program this is, what it runs on, and which cluster it would ask, for whoever reports a fault of it.
import { Command, Option } from 'commander';
import { release } from 'node:os';
import type { ClusterVersions } from '../cluster/cluster-versions.ts';
import { jsonDocument } from '../model/json-document.ts';
import { catchInterruption } from './interruption.ts';
import { readCommit, readVersion } from './own-version.ts';
import { print } from './standard-output.ts';
import { systemName, versionText } from './version-text.ts';

interface Flags {
  readonly json?: true;
  readonly output: 'text' | 'json';
  /** Undefined where neither --cluster nor --no-cluster is given. */
  readonly cluster?: boolean;
}

/** The command, for the program to add. Exits with 0 whether there is a cluster or none. */
export function command(): Command {
  return new Command('version')
    .description("The program's version and commit, and those of Node.js and the system under it.")
    .addOption(
      new Option('-o, --output <format>', 'json is one document, with kubectl and the cluster')
        .choices(['text', 'json'])
        .default('text'),
    )
    .option('--json', 'the same as -o json')
    .option(
      '--cluster',
      'ask kubectl and the cluster of its current context, in text too; three seconds at most',
    )
    .option('--no-cluster', 'do not ask the cluster, in JSON neither')
    .action(async (flags: Flags) => {
      if (flags.json === true || flags.output === 'json') print(await versionJson(flags.cluster !== false));
      else print((await versionText()) + (flags.cluster === true ? clusterText(await ask(true)) : ''));
    });
}

async function versionJson(askCluster: boolean): Promise<string> {
  const [commit, { kubectl, cluster }] = await Promise.all([readCommit(), ask(askCluster)]);
  return jsonDocument({
    ...{ version: readVersion(), commit, node: process.versions.node },
    ...{ system: systemName(), kernel: release(), kubectl, cluster },
  });
}

async function ask(askCluster: boolean): Promise<ClusterVersions> {
  const { clusterVersions } = await import('../cluster/cluster-versions.ts');
  const interruption = catchInterruption();
  try {
    return await clusterVersions(askCluster, interruption.signal);
  } finally {
    interruption.off();
  }
}

function clusterText({ kubectl, cluster }: ClusterVersions): string {
  const context = cluster?.context ?? null;
  const where = context === null ? '' : ` (context ${context})`;
  const reached = cluster === null ? 'no cluster can be reached' : `cluster ${cluster.version}${where}`;
  return `${kubectl === null ? 'no kubectl' : `kubectl ${kubectl}`}, ${reached}\n`;
}
