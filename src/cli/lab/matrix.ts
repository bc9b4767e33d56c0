// `netdebug lab matrix`: the scenario with every combination of factors and with each fix, one world after the other.
import { Command } from 'commander';
import { combinations } from '../../lab/scenarios/combinations.ts';
import { defaultScenario, findScenario } from '../../lab/scenarios/index.ts';
import type { MatrixRecord } from '../../model/matrix-record.ts';
import { exitCodes, Problem } from '../../model/problem.ts';
import type { Outcome, RunRecord } from '../../model/run-record.ts';
import type { Choice } from '../../model/scenario.ts';
import { renderMatrix } from '../../report/matrix.ts';
import { requireLab } from '../../lab/world/readiness.ts';
import { writeMatrixPages } from '../../experiment/matrix-report.ts';
import { cellFolder } from '../../run-folder/layout.ts';
import { chooseFolder, makeFolder, refuseForLab } from '../../run-folder/make-folder.ts';
import { readRunRecord } from '../../run-folder/read-record.ts';
import { writeMatrixRecord } from '../../run-folder/write-record.ts';
import { readRunSettings } from './options.ts';
import { runInWorld } from './world-process.ts';

interface Flags {
  readonly variant?: string;
  readonly seed: string;
  readonly speed?: string;
  readonly duration?: string;
  readonly out?: string;
  readonly json?: true;
}

interface Cell {
  readonly record: RunRecord;
  readonly expected: Outcome;
}

export function matrixCommand(): Command {
  return new Command('matrix')
    .description(
      'run a scenario with each combination of its factors and with each fix, and compare the outcomes',
    )
    .argument('[scenario]', 'see "netdebug lab list" (default: gke-intranode-policy)')
    .option('--variant <name>', 'as in lab run')
    .option('--seed <n>', 'as in lab run', '1')
    .option('--speed <x>', 'as in lab run')
    .option('--duration <duration>', 'of each run')
    .option('--out <dir>', 'one folder per run is made in it (default: netdebug-runs/TIME-SCENARIO-matrix)')
    .option('--json', 'print the run records as one JSON array on stdout')
    .addHelpText(
      'after',
      `
Examples:
  netdebug lab matrix policy-reject --variant one-client
  netdebug lab matrix                      about two and a half minutes
  netdebug lab matrix --json > matrix.json`,
    )
    .action(async (name: string | undefined, flags: Flags) => {
      process.exitCode = await matrix(name ?? defaultScenario, flags);
    });
}

async function matrix(name: string, flags: Flags): Promise<number> {
  const scenario = findScenario(name);
  const folder = chooseFolder(flags.out, new Date(), `${name}-matrix`);
  // Checked before the first of several minutes is spent.
  const { choice: asItIs } = readRunSettings(name, flags, new Date());
  refuseForLab(folder);
  await requireLab();
  const choices = combinations(scenario, asItIs.variant);
  const cells: Cell[] = [];
  const matrixRecord: MatrixRecord = { schemaVersion: 1, kind: 'matrix', scenario: name, cells: [] };
  for (const [index, choice] of choices.entries()) {
    const title = cellName(choice);
    process.stderr.write(`${index + 1} of ${choices.length}: ${title}\n`);
    const ownName = title.replaceAll(' ', '-');
    const ownFolder = cellFolder(folder, ownName);
    await makeFolder(ownFolder);
    const code = await runInWorld(cellWords(name, choice, flags, ownFolder), 'ignore');
    if (code !== exitCodes.finished) return code;
    const expected = scenario.expected(choice);
    const read = await readRunRecord(ownFolder);
    if (read.data === null) throw new Problem('fault', `${ownFolder}: ${read.why}`);
    cells.push({ record: read.data, expected });
    matrixRecord.cells.push({ folder: ownName, expected });
    await writeMatrixRecord(folder, matrixRecord);
  }
  const records = cells.map((cell) => cell.record);
  process.stdout.write(
    flags.json === true ? `${JSON.stringify(records, null, 2)}\n` : renderMatrix(scenario.name, cells),
  );
  process.stderr.write(`\nThe runs' folders: ${folder}\n`);
  process.stderr.write(`The report: ${await writeMatrixPages(folder, matrixRecord)}\n`);
  const wrong = cells.filter(({ record, expected }) => record.verdict.outcome !== expected);
  if (wrong.length === 0) return exitCodes.finished;
  return wrong.every(({ record }) => record.verdict.outcome === 'inconclusive')
    ? exitCodes.inconclusive
    : exitCodes.unexpected;
}

function cellName({ factors, fix }: Choice): string {
  if (fix !== null) return `fix ${fix}`;
  const off = Object.entries(factors).filter(([, on]) => !on);
  return off.length === 0 ? 'as it is' : `without ${off.map(([name]) => name).join(' and ')}`;
}

function cellWords(name: string, choice: Choice, flags: Flags, folder: string): string[] {
  const off = Object.entries(choice.factors).filter(([, on]) => !on);
  return [
    ...['lab', 'run', name, '--expect', 'any', '--seed', flags.seed, '--out', folder],
    ...off.flatMap(([factor]) => ['--without', factor]),
    ...['--variant', choice.variant],
    ...(choice.fix === null ? [] : ['--fix', choice.fix]),
    ...(flags.speed === undefined ? [] : ['--speed', flags.speed]),
    ...(flags.duration === undefined ? [] : ['--duration', flags.duration]),
  ];
}
