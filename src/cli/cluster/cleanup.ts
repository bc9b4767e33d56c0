// `netdebug cluster cleanup`: lists what runs left behind, then removes it.
import { Command } from 'commander';
import { findLeftBehind, removeLeftBehind, type LeftObject } from '../../cluster/left-behind.ts';
import { ofRun, runLabel } from '../../cluster/names.ts';
import { reachCluster } from '../../cluster/reach-cluster.ts';
import { alignColumns } from '../../report/table.ts';
import { filled } from '../probe-flags.ts';
import { catchInterruption } from '../interruption.ts';
import { targetOf, targetOptions, type TargetFlags } from './target-flags.ts';
import { print } from '../standard-output.ts';

type Flags = TargetFlags & { readonly run?: string; readonly dryRun?: true };

const examples = `
Examples:
  netdebug cluster cleanup --dry-run       only list
  netdebug cluster cleanup --run k3x9ab    one run's objects; without it also those of runs that others have going`;

export function cleanupCommand(): Command {
  const cleanup = new Command('cleanup')
    .description('list what runs left behind in the namespace, and their observers, and remove it')
    .option('--run <id>', 'only what this run created', filled('--run', "a run's id"))
    .option('--dry-run', 'list, and remove nothing')
    .addHelpText('after', examples);
  for (const option of targetOptions()) cleanup.addOption(option);
  return cleanup.action(async (flags: Flags) => {
    const interruption = catchInterruption();
    try {
      const { kubectl, namespace } = await reachCluster(targetOf(flags), interruption.signal);
      const removal = { selector: flags.run === undefined ? runLabel : ofRun(flags.run), namespaces: true };
      const left = await findLeftBehind(kubectl, removal);
      print(left.length === 0 ? `Nothing is left behind in namespace ${namespace}.\n` : leftTable(left));
      if (left.length === 0 || flags.dryRun === true) return;
      await removeLeftBehind(kubectl, removal);
      print(`All of it is removed.\n`);
    } finally {
      interruption.off();
    }
  });
}

/** A heading and a line for each object. */
function leftTable(left: readonly LeftObject[]): string {
  const rows = left.map(({ runId, kind, namespace, name, createdAt }) => [
    runId,
    kind,
    namespace ?? '-',
    name,
    createdAt ?? '-',
  ]);
  return `${alignColumns([['run', 'kind', 'namespace', 'name', 'created'], ...rows]).join('\n')}\n`;
}
