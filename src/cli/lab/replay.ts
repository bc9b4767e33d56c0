// What stands in for a run that this kernel cannot make: the diagnosis, made anew, of the evidence of one that was recorded elsewhere.
import { diagnosePaths } from '../../experiment/re-diagnose.ts';
import type { LabSettings } from '../../experiment/lab-settings.ts';
import { choose, findScenario } from '../../lab/scenarios/index.ts';
import { exitCodes, Problem } from '../../model/problem.ts';
import { text } from '../../report/formats/text.ts';
import { recordingOf } from '../../run-folder/recording.ts';
import { print } from '../standard-output.ts';
import { textStyle } from '../terminal-style.ts';

const notRun = 'Recorded on another machine, and not run here:';

/**
 * Prints the diagnosis of the scenario's recorded run. The exit code says that nothing was found out about this machine.
 * Throws a `missing` Problem that begins with `lacking` where no recording is of what was asked for.
 * @param lacking Why it cannot be run, a sentence.
 */
export async function replay(
  { scenario, choice, workload, server, family }: LabSettings,
  json: boolean,
  lacking: string,
): Promise<number> {
  const isRecorded =
    JSON.stringify(choice) === JSON.stringify(choose(findScenario(scenario))) &&
    workload === null &&
    server === 'pod' &&
    family === 'ipv4';
  // A record of another machine's run must not be taken for one of this machine.
  if (!isRecorded || json) throw new Problem('missing', lacking);
  const recording = recordingOf(scenario);
  if (recording === null) throw new Problem('missing', lacking);
  const diagnosis = await diagnosePaths([recording]);
  process.stderr.write(`netdebug: ${lacking}\n`);
  print(`${notRun}\n\n${text.renderDiagnosis(diagnosis, textStyle())}`);
  return exitCodes.inconclusive;
}
