// `netdebug doctor`: what this machine lacks for the lab, and the one command that installs it.
import { Command } from 'commander';
import { jsonDocument } from '../model/json-document.ts';
import { exitCodes } from '../model/problem.ts';
import { ownName } from '../system/own-program.ts';
import { labReadiness, type LabReadiness } from '../lab/world/readiness.ts';
import { print } from './standard-output.ts';

/** The command, for the program to add. Exits with 0 when the lab can run here and 69 when it cannot. */
export function command(): Command {
  return new Command('doctor')
    .description('Says what this machine lacks for the lab, and the one command that installs it.')
    .option('--json', 'print one JSON document instead of the table')
    .action(async (options: { json?: true }) => {
      const readiness = await labReadiness();
      print(options.json ? jsonDocument(readiness) : readinessTable(readiness));
      process.exitCode = readiness.ready ? exitCodes.finished : exitCodes.missing;
    });
}

/** A line for each row, and what to do in the last one. */
export function readinessTable({ ready, rows, install }: LabReadiness): string {
  const width = Math.max(...rows.map((row) => row.what.length));
  const lines = rows.map((row) => `${row.state.padEnd(8)} ${row.what.padEnd(width)}  ${row.sentence}`);
  const last = ready ? `The lab can run here: ${ownName()} lab run` : whatToDo(install);
  return [...lines, '', last, ''].join('\n');
}

function whatToDo(install: string | null): string {
  if (install !== null) return `The lab cannot run here yet; type: ${install}`;
  return 'The lab cannot run here; the rows marked missing say why.';
}
