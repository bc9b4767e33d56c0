// `netdebug cluster preflight`: what stands ready for a run and what is missing; creates nothing.
import { Command } from 'commander';
import { preflight, type PreflightRow } from '../../cluster/preflight.ts';
import { reachCluster } from '../../cluster/reach-cluster.ts';
import { jsonDocument } from '../../model/json-document.ts';
import { exitCodes, Problem } from '../../model/problem.ts';
import { alignColumns } from '../../report/table.ts';
import { catchInterruption } from '../interruption.ts';
import { targetOf, targetOptions, type TargetFlags } from './target-flags.ts';
import { print } from '../standard-output.ts';

type Flags = TargetFlags & { readonly observe?: true; readonly json?: true };

const examples = `
Examples:
  netdebug cluster preflight                       the cluster and namespace that kubectl points to
  netdebug cluster preflight --context staging -n netdebug --observe

Ends with 0 when a run can start, and with 69 when something is missing.`;

export function preflightCommand(): Command {
  const preflightCommand = new Command('preflight')
    .description('say whether a run can start here, and what the dataplane lets one expect')
    .option('--observe', 'also ask for the rights that "cluster run --observe" needs')
    .option('--json', 'print one JSON document instead of the table')
    .addHelpText('after', examples);
  for (const option of targetOptions()) preflightCommand.addOption(option);
  return preflightCommand.action(async (flags: Flags) => {
    const interruption = catchInterruption();
    try {
      const rows = await rowsOf(flags, interruption.signal);
      print(flags.json === true ? jsonDocument({ rows }) : preflightTable(rows));
      const ready = rows.every((row) => row.state !== 'missing');
      process.exitCode = ready ? exitCodes.finished : exitCodes.missing;
    } finally {
      interruption.off();
    }
  });
}

/** A cluster that cannot be reached is a row as well: the user asked what is missing. */
async function rowsOf(flags: Flags, signal: AbortSignal): Promise<PreflightRow[]> {
  try {
    return await preflight(await reachCluster(targetOf(flags), signal), flags.observe === true);
  } catch (error) {
    if (!(error instanceof Problem) || error.kind !== 'missing') throw error;
    return [{ what: 'cluster', state: 'missing', sentence: error.message }];
  }
}

/** A line for each row. */
function preflightTable(rows: readonly PreflightRow[]): string {
  return `${alignColumns(rows.map((row) => [row.state, row.what, row.sentence])).join('\n')}\n`;
}
