// `netdebug lab run`: checks outside, then the experiment inside the private world.
import { Argument, Command, Option } from 'commander';
import { createInterface } from 'node:readline';
import { exitCodes } from '../../model/problem.ts';
import { ownName, ownWords } from '../../system/own-program.ts';
import { json as jsonFormat } from '../../report/formats/json.ts';
import { text } from '../../report/formats/text.ts';
import { pause } from '../../system/pause.ts';
import { shellQuote } from '../../system/shell-quote.ts';
import { lackingHere } from '../../lab/world/kernel-parts.ts';
import { requireLab } from '../../lab/world/readiness.ts';
import { serveShell } from '../../lab/world/world-shell.ts';
import { dryRunScript } from '../../lab/world/dry-run.ts';
import { vpc } from '../../lab/world/wires.ts';
import { createTally } from '../../verdict/tally.ts';
import { conclude, concludeFindings } from '../../experiment/conclude.ts';
import { labSettings, setupOf } from '../../experiment/lab-settings.ts';
import { runInLab } from '../../experiment/lab.ts';
import { defaultScenario, findScenario } from '../../lab/scenarios/index.ts';
import { findWorkload, foreignWorkloads, requirePrograms } from '../../lab/workloads/foreign/index.ts';
import { chooseFolder, makeFolder, refuseForLab } from '../../run-folder/make-folder.ts';
import { watchLogFile } from '../../run-folder/layout.ts';
import { offering } from '../completion/sources.ts';
import { readWishes, type RunFlags } from './lab-flags.ts';
import {
  offeredAccesses,
  offeredBlocks,
  offeredDataplanes,
  offeredFamilies,
  offeredOutcomes,
  offeredParts,
  offeredPlaces,
  offeredScenarios,
  offeredWorkloads,
} from './lab-offers.ts';
import { exitCodeOf } from '../exit.ts';
import { repeatable } from '../repeatable.ts';
import { print, printMeasured } from '../standard-output.ts';
import { createView } from '../progress-view.ts';
import { styleHelp, textStyle } from '../terminal-style.ts';
import { runInWorld, type InsideTask, type InsideWorld } from './world-process.ts';

type Flags = RunFlags & {
  readonly json?: true;
  readonly dryRun?: true;
  readonly hold?: true;
  readonly ui?: true;
};

export function runCommand(): Command {
  return new Command('run')
    .description('run a scenario in private namespaces, with the real kernel, and say what happened and why')
    .addArgument(
      offering(
        new Argument('[scenario]', 'see "netdebug lab list" (default: gke-intranode-policy)'),
        offeredScenarios,
      ),
    )
    .addOption(
      offering(
        repeatable('--without <factor>', 'switch a factor of the scenario off', String),
        offeredParts('factors'),
      ),
    )
    .addOption(
      offering(
        new Option(
          '--variant <name>',
          'another way in which the same happens (default: the scenario’s first)',
        ),
        offeredParts('variants'),
      ),
    )
    .addOption(offering(new Option('--fix <name>', 'apply a fix'), offeredParts('fixes')))
    .addOption(
      offering(
        new Option(
          '--workload <name>',
          `whose connections: probes (ours, the default), ${workloadNames}, grpc=PROGRAM`,
        ),
        offeredWorkloads,
      ),
    )
    .addOption(
      offering(
        new Option('--family <family>', 'of all addresses: ipv4 (the default) or ipv6'),
        offeredFamilies,
      ),
    )
    .addOption(
      offering(
        new Option(
          '--address-block <n>',
          'of the world’s addresses, 0 (the default) to 3: for labs that run at once, each its own',
        ),
        offeredBlocks,
      ),
    )
    .addOption(
      offering(
        new Option('--server <place>', 'where the server is: pod (the default), or node, for hostNetwork'),
        offeredPlaces,
      ),
    )
    .addOption(
      offering(
        new Option('--dataplane <mode>', 'kube-proxy’s, for Services: iptables (the default) or nftables'),
        offeredDataplanes,
      ),
    )
    .addOption(
      offering(
        new Option(
          '--access <way>',
          'to the Service: clusterip (the default), nodeport of the client’s node, or hairpin, from the pod behind it',
        ),
        offeredAccesses,
      ),
    )
    .option('--seed <n>', 'fixes jitter and everything else that is random', '1')
    .option('--speed <x>', 'divides all periods: 1 is the real thing (default: the scenario’s)')
    .option('--connections <n>', 'connections per class')
    .option('--period <duration>', 'time between two probes of a connection, before --speed divides it')
    .option('--duration <duration>', 'how long the clients run')
    .option('--watch', 'run "netdebug watch" on each node besides, and keep what it says')
    .option('--out <dir>', 'the run’s folder (default: netdebug-runs/TIME-SCENARIO)')
    .addOption(
      offering(
        new Option(
          '--expect <outcome>',
          'the outcome that ends with exit code 0, or any (default: the scenario’s)',
        ),
        offeredOutcomes,
      ),
    )
    .option('--json', 'print the run record, and nothing else, on stdout')
    .option('--dry-run', 'print all that would be done, as commands, and do nothing')
    .option('--hold', 'keep the world after the run until Enter or a signal, for "netdebug lab exec"')
    .option('--ui', 'serve the report as a live page on 127.0.0.1 while the run lasts')
    .addHelpText('after', examples)
    .action(async (scenario: string | undefined, flags: Flags) => {
      process.exitCode = await run(scenario, flags);
    });
}

const workloadNames = foreignWorkloads.map(({ name }) => name).join(', ');

const examples = `
Examples:
  netdebug lab run                              the GKE bug, in about 20 seconds
  netdebug lab run --without network-policy     the same world without Felix
  netdebug lab run --fix felix-table-range      the cure
  netdebug lab run --speed 1 --duration 10m     as slow as on a real cluster
  netdebug lab run --dry-run | less             what would be built

${styleHelp}`;

async function run(name: string | undefined, flags: Flags): Promise<number> {
  const folder = chooseFolder(flags.out, new Date(), name ?? defaultScenario);
  const settings = labSettings(readWishes(name, flags, folder));
  const foreign = settings.workload === null ? null : findWorkload(settings.workload);
  if (flags.dryRun === true) {
    print(dryRunScript(setupOf(settings), { ...settings, foreign }));
    return exitCodes.finished;
  }
  refuseForLab(settings.folder);
  requirePrograms(foreign, setupOf(settings));
  await requireLab();
  const lacking = await lackingHere(findScenario(settings.scenario));
  if (lacking !== null) {
    const { replay } = await import('./replay.ts');
    return await replay(settings, flags.json === true, lacking);
  }
  const made = await makeFolder(settings.folder);
  // Loaded by the outer process alone, and late: the inside must start fast.
  const page = () => import('../run-page.ts');
  const live = flags.ui === true ? await (await page()).showLive(settings) : null;
  const task = { do: 'run', settings, json: flags.json === true, hold: flags.hold === true } as const;
  const finish = (code: number) =>
    page().then(({ finishPage }) => finishPage(settings.folder, made, live, code));
  let code: number;
  try {
    code = await runInWorld(task, 'inherit');
  } catch (error) {
    await finish(exitCodeOf(error));
    throw error;
  }
  return await finish(code);
}

/** The run itself, in the world. */
export async function runInside(
  { settings, json, hold }: Extract<InsideTask, { do: 'run' }>,
  { signal, pid }: InsideWorld,
): Promise<number> {
  const { episodeWindowMs, durationMs, folder } = settings;
  const { topology } = setupOf(settings);
  await serveShell([
    vpc,
    ...topology.nodes.map((node) => node.name),
    ...topology.pods.map((pod) => pod.name),
  ]);
  const tally = createTally({ episodeWindowMs });
  // An object, because a flag that only a handler sets looks constant to the checker.
  const lost = { some: false };
  const view = createView({ stream: process.stderr, durationMs, classes: () => tally.summaries() });
  try {
    const record = await runInLab(settings, tally, ownWords(), {
      onStage: (text) => view.stage(text),
      onStarted: () => view.started(),
      onLost(sentence) {
        lost.some = true;
        view.note(sentence);
      },
      async onRecord(made) {
        view.end();
        printMeasured(json ? jsonFormat.renderRun(made) : text.renderRun(made, textStyle()));
        process.stderr.write(`\nThe run's folder: ${folder}\n`);
        if (settings.watch)
          process.stderr.write(
            `What watching each node alone told: ${topology.nodes.map(({ name }) => watchLogFile(folder, name)).join(', ')}\n`,
          );
        if (hold && !signal.aborted) await holdWorld(signal, pid);
      },
      signal,
    });
    if (lost.some) return exitCodes.unwritable;
    const { workload, expected, expectedCause } = settings;
    if (workload === null || expected === 'any') return exitCodes[conclude(record, expected, signal.aborted)];
    return exitCodes[concludeFindings(record, expectedCause, signal.aborted)];
  } finally {
    view.end();
  }
}

/** It is found in a moment; should it not be, `lab exec` finds the world where it is the only one. */
const pidWithinMs = 3_000;

async function holdWorld(signal: AbortSignal, pid: Promise<number>): Promise<void> {
  const found = new AbortController();
  const id = await Promise.race([pid, pause(pidWithinMs, AbortSignal.any([signal, found.signal]))]);
  found.abort();
  const world = typeof id === 'number' ? ['--world', String(id)] : [];
  const exec = `${ownName()} ${shellQuote(['lab', 'exec', ...world, 'node-1', '--', 'ip', 'rule'])}`;
  process.stderr.write(
    `The world is held${typeof id === 'number' ? `; its id is ${id}` : ''}. Look inside from another terminal: ${exec}\nEnter ends it.\n`,
  );
  const input = createInterface({ input: process.stdin });
  await new Promise<void>((resolve) => {
    input.once('line', () => resolve());
    input.once('close', () => resolve());
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
  input.close();
}
