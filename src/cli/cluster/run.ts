// `netdebug cluster run`: the experiment on the user's cluster, removed again on every way out.
import { Command, Option } from 'commander';
import { removeLeftBehind } from '../../cluster/left-behind.ts';
import { ofRun } from '../../cluster/names.ts';
import { askPolicies, nodesRow, policiesRow, rightsRow } from '../../cluster/preflight.ts';
import { findRefusals } from '../../cluster/permissions.ts';
import { readNodes } from '../../cluster/node-view.ts';
import { reachCluster, type ReachedCluster } from '../../cluster/reach-cluster.ts';
import { systemClock } from '../../model/clock.ts';
import { exitCodes, Problem } from '../../model/problem.ts';
import { ownName } from '../../system/own-program.ts';
import { outcomes, type RunRecord } from '../../model/run-record.ts';
import { json } from '../../report/formats/json.ts';
import { text } from '../../report/formats/text.ts';
import { createTally } from '../../verdict/tally.ts';
import { finishPage, showLive } from '../run-page.ts';
import { printMeasured } from '../standard-output.ts';
import { textStyle } from '../terminal-style.ts';
import { createView } from '../progress-view.ts';
import { count, durationOption, textOption } from '../probe-flags.ts';
import { conclude } from '../../experiment/conclude.ts';
import { runOnCluster, type ClusterSettings, type ClusterEnd } from '../../experiment/cluster.ts';
import { catchInterruption } from '../interruption.ts';
import { offering } from '../completion/sources.ts';
import { names } from '../completion/typed.ts';
import { readClusterSettings, runDefaults, tooShortForNone, type ClusterFlags } from './cluster-flags.ts';
import { createLostBooks } from '../../run-folder/lost-books.ts';
import { tryFolder } from '../../run-folder/make-folder.ts';
import { openRunFolder } from '../../run-folder/open-for-writing.ts';
import { targetOf, targetOptions } from './target-flags.ts';

const examples = `
Examples:
  netdebug cluster run --image registry.example/netdebug
  netdebug cluster run --image registry.example/netdebug --observe --duration 2h
  netdebug cluster run --image registry.example/netdebug --max-rate 1 --duration 4h
  netdebug cluster run --image registry.example/netdebug --pod-ip --expect none --json

Ends as soon as the verdict is decided: 0 when it is the one of --expect, 1 when it is another, 2 when time ran out first.
What it created is removed however it ends, and the first Ctrl-C keeps the evidence. After a kill Kubernetes removes it in
ten minutes, or "netdebug cluster cleanup" at once.`;

export function runCommand(): Command {
  const run = new Command('run')
    .description('run server and clients in the cluster, decide, explain, and remove them again')
    .addOption(
      textOption('--image <image>', 'image of netdebug that the cluster can pull', 'netdebug:latest'),
    )
    .option(
      '--connections <count>',
      'connections per client',
      count('--connections'),
      runDefaults.connections,
    )
    .addOption(
      durationOption('--period <time>', 'time between two probes of a connection', runDefaults.period),
    )
    .addOption(durationOption('--duration <time>', 'how long to try for a decision', runDefaults.duration))
    .addOption(durationOption('--rollout-timeout <time>', 'how long to wait for the pods', '2m'))
    .option(
      '--max-rate <number>',
      '"none" is decided when each class has fewer episodes than this per hour',
      runDefaults.maxRate,
    )
    .option('--pod-ip', "dial the server's pod instead of the Service's address")
    .option('--observe', 'also run observers on the two nodes, and collect their evidence')
    .option(
      '--observer-image <image>',
      'image of the target "observer" (default: --image with the tag "observer")',
    )
    .option('--out <dir>', 'the run’s folder (default: netdebug-runs/TIME-cluster)')
    .addOption(
      offering(
        new Option('--expect <outcome>', 'the outcome that ends with exit code 0, or any').default('none'),
        () => names([...outcomes, 'any']),
      ),
    )
    .option('--keep', 'leave everything in the cluster')
    .option('--no-event', 'make no Kubernetes Events of the findings')
    .option('--ui', 'serve the report as a live page on 127.0.0.1 while the run lasts')
    .option('--json', 'print the run record, and nothing else, on stdout')
    .addHelpText('after', examples);
  for (const option of targetOptions()) run.addOption(option);
  return run.action(async (flags: ClusterFlags) => {
    process.exitCode = await runAndRemove(flags);
  });
}

const say = (text: string) => process.stderr.write(`${text}\n`);

async function runAndRemove(flags: ClusterFlags): Promise<number> {
  const settings = readClusterSettings(flags, Math.random);
  const interruption = catchInterruption(() =>
    say(
      `netdebug: ended at once; see what stays behind: ${ownName()} cluster cleanup --run ${settings.runId} --dry-run`,
    ),
  );
  const { signal } = interruption;
  try {
    await tryFolder(settings.folder);
    const cluster = await reachCluster(targetOf(flags), signal);
    await requireRoom(cluster, settings);
    const removeAll = () => remove(cluster, settings, flags.keep === true);
    let end: ViewedEnd;
    try {
      end = await runWithView(cluster, settings, flags.ui === true, signal);
      show(end.record, settings, flags);
    } catch (error) {
      await removeAll().catch((failed: unknown) => say(`netdebug: ${String(failed)}`));
      throw signal.aborted
        ? new Problem(
            'interrupted',
            `interrupted; what the run created ${flags.keep === true ? 'stays' : 'is removed'}.`,
          )
        : error;
    }
    await removeAll();
    if (end.problem !== null && !signal.aborted) throw end.problem;
    if (end.code !== exitCodes.finished) return end.code;
    return exitCodes[conclude(end.record, settings.expected, signal.aborted)];
  } finally {
    interruption.off();
  }
}

/** What would fail later for certain fails now, before anything is created. */
async function requireRoom({ kubectl, namespace }: ReachedCluster, settings: ClusterSettings): Promise<void> {
  const nodes = await kubectl.ask(['get', 'nodes', '--output=json']);
  const refusals = await findRefusals(kubectl, settings.observerImage !== null);
  const rows = [
    rightsRow(refusals, namespace),
    ...(nodes.ok ? [nodesRow(readNodes(JSON.parse(nodes.stdout)))] : []),
  ];
  const missing = rows.find((row) => row.state === 'missing');
  if (missing !== undefined) throw new Problem('missing', missing.sentence);
  const policies = policiesRow(await askPolicies(kubectl), namespace);
  if (policies.state === 'warning') say(policies.sentence);
}

async function runWithView(
  cluster: ReachedCluster,
  settings: ClusterSettings,
  ui: boolean,
  signal: AbortSignal,
): Promise<ViewedEnd> {
  const { durationMs, episodeWindowMs } = settings;
  const tally = createTally({ episodeWindowMs });
  const lost = { some: false };
  const books = createLostBooks(settings.folder, (sentence) => {
    lost.some = true;
    view.note(sentence);
  });
  const files = await openRunFolder(settings.folder, 'cluster', books);
  const live = ui ? await showLive(settings) : null;
  say(`Run ${settings.runId} in namespace ${cluster.namespace} of context ${cluster.context}`);
  const tooShort = tooShortForNone(settings);
  if (tooShort !== null) say(tooShort);
  const view = createView({ stream: process.stderr, durationMs, classes: () => tally.summaries() });
  let end: ClusterEnd | undefined;
  let code: number = exitCodes.finished;
  try {
    end = await runOnCluster(
      cluster,
      settings,
      { clock: systemClock(), tally, files, books },
      {
        onStage: (text) => view.stage(text),
        onStarted: () => view.started(),
        onNote: (text) => view.stage(text),
        signal,
      },
    );
  } finally {
    view.end();
    files.close();
    code = lost.some ? exitCodes.unwritable : code;
    code = await finishPage(settings.folder, files.made, live, code);
  }
  return { ...end, code };
}

/** `code`: 0, or 73 when not all could be written. */
type ViewedEnd = ClusterEnd & { readonly code: number };

/** Not interrupted by the signal that ended the run: a second one ends the process. */
async function remove({ kubectl }: ReachedCluster, settings: ClusterSettings, keep: boolean): Promise<void> {
  const { runId, observerImage } = settings;
  if (keep) {
    say(`Everything stays in the cluster; remove it with: ${ownName()} cluster cleanup --run ${runId}`);
    return;
  }
  say(`Removing what run ${runId} created …`);
  await removeLeftBehind(kubectl.withSignal(undefined), {
    selector: ofRun(runId),
    namespaces: observerImage !== null,
  });
}

function show(record: RunRecord, { folder }: ClusterSettings, flags: ClusterFlags): void {
  printMeasured(flags.json === true ? json.renderRun(record) : text.renderRun(record, textStyle()));
  say(`\nThe run's folder: ${folder}`);
}
