// `netdebug report DIR`: renders a saved run, matrix or watch, or collected evidence, on whatever machine it is now.
import { Command } from 'commander';
import { resolve } from 'node:path';
import { Problem } from '../model/problem.ts';
import { commaSeparated, offering } from './completion/sources.ts';
import { repeatable } from './repeatable.ts';
import type { Format } from '../report/formats/format.ts';
import { formats, readFormats } from '../report/formats/index.ts';
import { openSavedReport } from '../experiment/saved-report.ts';
import { makeFolder } from '../run-folder/make-folder.ts';
import { writeReport } from '../run-folder/write-record.ts';
import { plainStyle } from '../report/text-style.ts';
import { print } from './standard-output.ts';
import { styleHelp, textStyle } from './terminal-style.ts';

interface Flags {
  readonly format?: readonly string[];
  readonly out?: string;
}

const names = formats.map(({ name }) => name);
const toFile = formats.filter(({ printed }) => !printed);

export function command(): Command {
  return new Command('report')
    .description('render a run, a matrix, a watch or collected evidence, from its folder')
    .argument(
      '<dir>',
      'what "netdebug lab run", "lab matrix", "watch --out" or "observe --out" wrote, or a folder of captures',
    )
    .addOption(
      offering(
        repeatable(
          '--format <formats>',
          `${names.slice(0, -1).join(', ')} or ${names.slice(-1).join('')}, several with commas; default: ${names.slice(0, 1).join('')}`,
          String,
        ),
        commaSeparated(names),
      ),
    )
    .option('--out <dir>', `write ${formats.map(({ fileName }) => fileName).join(', ')} there`)
    .addHelpText(
      'after',
      `
Without --out, ${toFile.map(({ name, fileName }) => `${name} is written to ${fileName}`).join(' and ')} in that folder, and any other format to stdout.
Of evidence and captures it says what "netdebug diagnose DIR" says, whose exit code tells whether everything is explained.

Examples:
  netdebug report netdebug-runs/20261123-061114-gke-intranode-policy
  netdebug report DIR --format html
  netdebug report DIR --format text,junit,html --out artifacts
  netdebug report evidence --format markdown > ticket.md     what "netdebug observe --out evidence" saw
  netdebug report captures --format html                     captures by others, in one folder

${styleHelp}`,
    )
    .action(async (dir: string, flags: Flags) => report(dir, readFormats(flags.format ?? []), flags.out));
}

async function report(named: string, wanted: readonly Format[], out: string | undefined): Promise<void> {
  const printed = wanted.filter((format) => format.printed).map(({ name }) => name);
  if (out === undefined && printed.length > 1) {
    throw new Problem(
      'usage',
      `${printed.join(' and ')} cannot share stdout; give --out DIR to write them to files.`,
    );
  }
  const { folder, render } = await openSavedReport(named);
  // Files are for whoever reads them wherever.
  const style = out === undefined ? textStyle() : plainStyle;
  if (out !== undefined) await makeFolder(out);
  for (const format of wanted) {
    const text = await render(format, style);
    if (out === undefined && format.printed) print(text);
    else {
      const path = await writeReport(resolve(out ?? folder), format.fileName, text);
      process.stderr.write(`${path}\n`);
    }
  }
}
