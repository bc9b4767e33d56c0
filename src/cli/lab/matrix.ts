// `netdebug lab matrix`: the scenario with every combination of factors and with each fix, one world after the other.
import { Argument, Command, Option } from 'commander';
import { defaultScenario, findScenario } from '../../lab/scenarios/index.ts';
import { labSettings } from '../../experiment/lab-settings.ts';
import { runMatrix } from '../../experiment/matrix.ts';
import { exitCodes, Problem } from '../../model/problem.ts';
import { json } from '../../report/formats/json.ts';
import { text } from '../../report/formats/text.ts';
import { lackingHere } from '../../lab/world/kernel-parts.ts';
import { requireLab } from '../../lab/world/readiness.ts';
import { writeMatrixPages } from '../../experiment/matrix-report.ts';
import { chooseFolder, makeFolder, refuseForLab } from '../../run-folder/make-folder.ts';
import { offering } from '../completion/sources.ts';
import { readWishes, type RunFlags } from './lab-flags.ts';
import { offeredBlocks, offeredParts, offeredScenarios } from './lab-offers.ts';
import { runInWorld } from './world-process.ts';
import { textStyle } from '../terminal-style.ts';
import { printMeasured } from '../standard-output.ts';

type Flags = Pick<RunFlags, 'variant' | 'addressBlock' | 'seed' | 'speed' | 'duration' | 'out'> & {
  readonly json?: true;
};

export function matrixCommand(): Command {
  return new Command('matrix')
    .description(
      'run a scenario with each combination of its factors and with each fix, and compare the outcomes',
    )
    .addArgument(
      offering(
        new Argument('[scenario]', 'see "netdebug lab list" (default: gke-intranode-policy)'),
        offeredScenarios,
      ),
    )
    .addOption(offering(new Option('--variant <name>', 'as in lab run'), offeredParts('variants')))
    .addOption(offering(new Option('--address-block <n>', 'as in lab run'), offeredBlocks))
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
  const folder = chooseFolder(flags.out, new Date(), `${name}-matrix`);
  // Checked before the first of several minutes is spent.
  const wishes = readWishes(name, flags, folder);
  labSettings(wishes);
  refuseForLab(folder);
  await requireLab();
  const lacking = await lackingHere(findScenario(wishes.scenario));
  if (lacking !== null) throw new Problem('missing', lacking);
  await makeFolder(folder);
  let code: number = exitCodes.finished;
  const done = await runMatrix(wishes, {
    onCell: (title, place, of) => process.stderr.write(`${place} of ${of}: ${title}\n`),
    async runCell(settings) {
      const ended = await runInWorld({ do: 'run', settings, json: false, hold: false }, 'ignore');
      // What could not be written ends no matrix, and is not forgotten either.
      if (ended !== exitCodes.finished) code = ended;
      return ended === exitCodes.finished || ended === exitCodes.unwritable;
    },
  });
  if (done === null) {
    if (code === exitCodes.finished) throw new Problem('fault', 'a run left no record that can be read.');
    return code;
  }
  const { cells, record, conclusion } = done;
  const format = flags.json === true ? json : text;
  printMeasured(format.renderMatrix({ scenario: name, cells, missing: [] }, textStyle()));
  process.stderr.write(`\nThe runs' folders: ${folder}\n`);
  try {
    process.stderr.write(`The report: ${await writeMatrixPages(folder, record)}\n`);
  } catch (error) {
    // Said already, where a run could not be written.
    if (code !== exitCodes.unwritable) throw error;
  }
  return code === exitCodes.finished ? exitCodes[conclusion] : code;
}
