// `netdebug lab run`: checks outside, then the experiment inside the private world.
import { Command } from 'commander';
import { createInterface } from 'node:readline';
import { exitCodes } from '../../model/problem.ts';
import type { RunRecord } from '../../model/run-record.ts';
import { renderText } from '../../report/text.ts';
import { requireLab } from '../../lab/world/readiness.ts';
import { serveShell } from '../../lab/world/world-shell.ts';
import { dryRunScript } from '../../lab/world/dry-run.ts';
import { vpc } from '../../lab/world/wires.ts';
import { createTally } from '../../verdict/tally.ts';
import { runExperiment } from '../../experiment/lab.ts';
import { makeFolder, refuseForLab } from '../../run-folder/make-folder.ts';
import { readRunSettings } from './options.ts';
import type { RunFlags, RunSettings } from './options.ts';
import { createView } from './view.ts';
import { insideWorld, runInWorld, self } from './world-process.ts';

type Flags = RunFlags & {
  readonly json?: true;
  readonly dryRun?: true;
  readonly hold?: true;
  readonly ui?: true;
  readonly insideWorld?: true;
};

export function runCommand(): Command {
  return new Command('run')
    .description('run a scenario in private namespaces, with the real kernel, and say what happened and why')
    .argument('[scenario]', 'see "netdebug lab list" (default: gke-intranode-policy)')
    .option('--without <factor>', 'switch a factor of the scenario off (repeatable)', collect, [])
    .option('--variant <name>', 'another way in which the same happens (default: the scenario’s first)')
    .option('--fix <name>', 'apply a fix')
    .option('--seed <n>', 'fixes jitter and everything else that is random', '1')
    .option('--speed <x>', 'divides all periods: 1 is the real thing (default: the scenario’s)')
    .option('--connections <n>', 'connections per class')
    .option('--period <duration>', 'time between two probes of a connection, before --speed divides it')
    .option('--duration <duration>', 'how long the clients run')
    .option('--out <dir>', 'the run’s folder (default: netdebug-runs/TIME-SCENARIO)')
    .option('--expect <outcome>', 'the outcome that ends with exit code 0, or any (default: the scenario’s)')
    .option('--json', 'print the run record, and nothing else, on stdout')
    .option('--dry-run', 'print all that would be done, as commands, and do nothing')
    .option('--hold', 'keep the world after the run until Enter or a signal, for "netdebug lab exec"')
    .option('--ui', 'serve the report as a live page on 127.0.0.1 while the run lasts')
    .addHelpText('after', examples)
    .action(async (scenario: string | undefined, flags: Flags) => {
      process.exitCode = await run(scenario, flags);
    });
}

/** Values of an option that may be given several times. */
function collect(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}

const examples = `
Examples:
  netdebug lab run                              the GKE bug, in about 20 seconds
  netdebug lab run --without network-policy     the same world without Felix
  netdebug lab run --fix felix-table-range      the cure
  netdebug lab run --speed 1 --duration 10m     as slow as on a real cluster
  netdebug lab run --dry-run | less             what would be built`;

async function run(name: string | undefined, flags: Flags): Promise<number> {
  const settings = readRunSettings(name, flags, new Date());
  if (flags.dryRun === true) {
    process.stdout.write(dryRunScript(settings.scenario.setup(settings.choice), settings));
    return exitCodes.finished;
  }
  if (flags.insideWorld === true) return await runInside(settings, flags);
  refuseForLab(settings.folder);
  await requireLab();
  await makeFolder(settings.folder);
  const words = process.argv.slice(2);
  // Loaded by the outer process alone, and late: the inside must start fast.
  const live =
    flags.ui === true ? await (await import('../../experiment/run-page.ts')).showLive(settings) : null;
  const code = await runInWorld(
    flags.out === undefined ? [...words, '--out', settings.folder] : words,
    'inherit',
  );
  await (await import('../../experiment/run-page.ts')).finishPage(settings.folder, live);
  return code;
}

async function runInside(settings: RunSettings, flags: Flags): Promise<number> {
  const signal = await insideWorld();
  const { topology } = settings.scenario.setup(settings.choice);
  await serveShell([
    vpc,
    ...topology.nodes.map((node) => node.name),
    ...topology.pods.map((pod) => pod.name),
  ]);
  const tally = createTally({ episodeWindowMs: settings.episodeWindowMs });
  const view = createView({
    stream: process.stderr,
    durationMs: settings.durationMs,
    classes: () => tally.summaries(),
  });
  let record: RunRecord;
  try {
    record = await runExperiment(
      { ...settings, tally, self: self() },
      {
        onStage: (text) => view.stage(text),
        onStarted: () => view.started(),
        async onRecord(made) {
          view.end();
          print(made, settings, flags);
          if (flags.hold === true && !signal.aborted) await hold(signal);
        },
        signal,
      },
    );
  } finally {
    view.end();
  }
  return exitCodeOf(record, settings, signal);
}

function print(record: RunRecord, { folder }: RunSettings, flags: Flags): void {
  process.stdout.write(flags.json === true ? `${JSON.stringify(record, null, 2)}\n` : renderText(record));
  process.stderr.write(`\nThe run's folder: ${folder}\n`);
}

async function hold(signal: AbortSignal): Promise<void> {
  process.stderr.write(
    `The world is held. Look inside from another terminal: netdebug lab exec node-1 -- ip rule\nEnter ends it.\n`,
  );
  const input = createInterface({ input: process.stdin });
  await new Promise<void>((resolve) => {
    input.once('line', () => resolve());
    input.once('close', () => resolve());
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
  input.close();
}

function exitCodeOf(record: RunRecord, { expected }: RunSettings, signal: AbortSignal): number {
  if (signal.aborted && !record.complete) return exitCodes.interrupted;
  const { outcome } = record.verdict;
  if (expected === 'any' || outcome === expected) return exitCodes.finished;
  return outcome === 'inconclusive' ? exitCodes.inconclusive : exitCodes.unexpected;
}
