// `netdebug lab matrix`: the scenario with every combination of factors and with each fix, one world after the other.
import { Command } from 'commander';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { combinations } from '../../lab/scenarios/combinations.ts';
import { defaultScenario, findScenario } from '../../lab/scenarios/index.ts';
import { jsonDocument } from '../../model/json-document.ts';
import type { MatrixRecord } from '../../model/matrix-record.ts';
import { exitCodes, Problem } from '../../model/problem.ts';
import { runRecordSchema } from '../../model/run-record.ts';
import type { RunRecord } from '../../model/run-record.ts';
import type { Choice } from '../../model/scenario.ts';
import type { MatrixCell } from '../../report/formats/format.ts';
import { text } from '../../report/formats/text.ts';
import { requireLab } from '../../lab/world/readiness.ts';
import { writeMatrixPages } from '../../experiment/matrix-report.ts';
import { checkFolder, readRunSettings, stamp } from './options.ts';
import { runInWorld } from './world-process.ts';

interface Flags {
  readonly variant?: string;
  readonly seed: string;
  readonly speed?: string;
  readonly duration?: string;
  readonly out?: string;
  readonly json?: true;
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
  const folder = resolve(flags.out ?? `netdebug-runs/${stamp(new Date())}-${name}-matrix`);
  // Checked before the first of several minutes is spent.
  const { choice: asItIs } = readRunSettings(name, flags, new Date());
  checkFolder(folder);
  await requireLab();
  const choices = combinations(scenario, asItIs.variant);
  const cells: MatrixCell[] = [];
  const matrixRecord: MatrixRecord = { schemaVersion: 1, kind: 'matrix', scenario: name, cells: [] };
  for (const [index, choice] of choices.entries()) {
    const title = cellName(choice);
    process.stderr.write(`${index + 1} of ${choices.length}: ${title}\n`);
    const cellFolder = join(folder, title.replaceAll(' ', '-'));
    await mkdir(cellFolder, { recursive: true });
    const code = await runInWorld(cellWords(name, choice, flags, cellFolder), 'ignore');
    if (code !== exitCodes.finished) return code;
    cells.push({ record: await readRecord(cellFolder), expected: scenario.expected(choice) });
    matrixRecord.cells.push({ folder: basename(cellFolder), expected: scenario.expected(choice) });
    await writeFile(join(folder, 'matrix.json'), jsonDocument(matrixRecord));
  }
  const records = cells.map((cell) => cell.record);
  process.stdout.write(
    flags.json === true ? jsonDocument(records) : text.renderMatrix({ scenario: name, cells, missing: [] }),
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

async function readRecord(folder: string): Promise<RunRecord> {
  const text = await readFile(join(folder, 'run.json'), 'utf8');
  const parsed = runRecordSchema.safeParse(JSON.parse(text));
  if (!parsed.success)
    throw new Problem('fault', `${folder}/run.json is not as it should be: ${parsed.error.message}`);
  return parsed.data;
}
