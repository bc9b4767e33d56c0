// `netdebug report DIR`: renders a saved run, or a saved matrix, on whatever machine it is now.
import { Command } from 'commander';
import { resolve } from 'node:path';
import { Problem } from '../model/problem.ts';
import { repeatable } from './repeatable.ts';
import type { Format } from '../report/formats/format.ts';
import { formats, readFormats } from '../report/formats/index.ts';
import { renderMatrixReport } from '../experiment/matrix-report.ts';
import { checkRunFolder, readableRunFolder, readMatrixRecord } from '../run-folder/read-record.ts';
import { renderRun } from '../experiment/run-report.ts';
import { makeFolder } from '../run-folder/make-folder.ts';
import { writeReport } from '../run-folder/write-record.ts';
import { print } from './standard-output.ts';

interface Flags {
  readonly format?: readonly string[];
  readonly out?: string;
}

const names = formats.map(({ name }) => name);
const toFile = formats.filter(({ printed }) => !printed);

export function command(): Command {
  return new Command('report')
    .description('render a run, or a matrix, from its folder')
    .argument('<dir>', 'the folder that "netdebug lab run" or "lab matrix" named')
    .addOption(
      repeatable(
        '--format <formats>',
        `${names.slice(0, -1).join(', ')} or ${names.slice(-1).join('')}, several with commas; default: ${names.slice(0, 1).join('')}`,
        String,
      ),
    )
    .option('--out <dir>', `write ${formats.map(({ fileName }) => fileName).join(', ')} there`)
    .addHelpText(
      'after',
      `
Without --out, ${toFile.map(({ name, fileName }) => `${name} is written to ${fileName}`).join(' and ')} in the run's folder, and any other format to stdout.

Examples:
  netdebug report netdebug-runs/20261123-061114-gke-intranode-policy
  netdebug report DIR --format html
  netdebug report DIR --format text,junit,html --out artifacts`,
    )
    .action(async (dir: string, flags: Flags) =>
      report(readableRunFolder(resolve(dir)), readFormats(flags.format ?? []), flags.out),
    );
}

async function report(folder: string, wanted: readonly Format[], out: string | undefined): Promise<void> {
  const printed = wanted.filter((format) => format.printed).map(({ name }) => name);
  if (out === undefined && printed.length > 1) {
    throw new Problem(
      'usage',
      `${printed.join(' and ')} cannot share stdout; give --out DIR to write them to files.`,
    );
  }
  await checkRunFolder(folder);
  const matrix = await readMatrixRecord(folder);
  if (matrix.data === null && !matrix.absent) throw new Problem('usage', `${folder}: ${matrix.why}`);
  if (out !== undefined) await makeFolder(out);
  for (const format of wanted) {
    const text = await (matrix.data === null
      ? renderRun(folder, format)
      : renderMatrixReport(folder, matrix.data, format));
    if (out === undefined && format.printed) print(text);
    else {
      const path = await writeReport(out === undefined ? folder : resolve(out), format.fileName, text);
      process.stderr.write(`${path}\n`);
    }
  }
}
