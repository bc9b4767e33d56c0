// `netdebug lab mesh`: a whole cluster in private namespaces, watched by the mesh's own programs.
import { Command, Option } from 'commander';
import { resolve } from 'node:path';
import { exitCodes, Problem } from '../../model/problem.ts';
import { misplaced, type NodeCounts } from '../../lab/mesh/counts.ts';
import { buildMesh, runMesh, type MeshSettings } from '../../lab/mesh/run-mesh.ts';
import { meshTopology, mostNodes } from '../../lab/topologies/mesh.ts';
import { alignColumns } from '../../report/table.ts';
import { ownWords } from '../../system/own-program.ts';
import { requireLab } from '../../lab/world/readiness.ts';
import { serveShell } from '../../lab/world/world-shell.ts';
import { count, durationOption, textOption } from '../probe-flags.ts';
import { chooseFolder, makeFolder, refuseForLab } from '../../run-folder/make-folder.ts';
import { createLostBooks } from '../../run-folder/lost-books.ts';
import { openMeshFolder } from '../../run-folder/open-mesh.ts';
import { printMeasured } from '../standard-output.ts';
import { whole } from './lab-flags.ts';
import { runInWorld } from './world-process.ts';

type Flags = Pick<MeshSettings, 'nodes' | 'podsPerNode' | 'conflict' | 'lose' | 'targets' | 'rules'> & {
  readonly duration: number;
  readonly period: number;
  readonly speed: string;
  readonly seed: string;
  readonly out?: string;
  readonly programs: boolean;
};

const examples = `
Examples:
  netdebug lab mesh                                       six nodes; on node-2 two agents fight over a routing rule
  netdebug lab mesh --nodes 50 --conflict node-7,node-31  the fight on two of fifty nodes
  netdebug lab mesh --lose node-6                         a node goes away: no reset is counted
  netdebug lab mesh --nodes 50 --pods-per-node 4 --no-programs   only build 200 pods, and say how long it took

While it runs, in another terminal:
  netdebug lab exec control -- curl -s 10.44.2.33:9464/metrics    what the agent of node-2 has counted
  netdebug lab exec control -- prometheus --config.file=DIR/prometheus.yml --storage.tsdb.path=/tmp/prometheus

Exit code 0 when resets show in the same-node series of exactly the nodes with a conflict, 1 when not.`;

export function meshCommand(): Command {
  return new Command('mesh')
    .description('build a cluster of many nodes, and have the mesh find the nodes where two agents fight')
    .option('--nodes <count>', 'nodes of the cluster', count('--nodes'), 6)
    .option(
      '--pods-per-node <count>',
      'a server, an agent, and pods that only stand there',
      count('--pods-per-node'),
      2,
    )
    .addOption(
      new Option('--conflict <nodes>', 'nodes where the agents fight, separated by commas, or none')
        .argParser(names('--conflict'))
        .default(['node-2'], 'node-2'),
    )
    .addOption(
      new Option('--lose <nodes>', 'nodes that go away after a third of the time')
        .argParser(names('--lose'))
        .default([], 'none'),
    )
    .addOption(durationOption('--duration <time>', 'how long the agents watch', '30s'))
    .addOption(durationOption('--period <time>', 'time from one probe of a connection to the next', '250ms'))
    .option('--speed <x>', 'divides the periods of netd and Felix: 1 is the real thing', '20')
    .option('--targets <count>', 'K: other nodes that each node probes', count('--targets'), 10)
    .option('--seed <n>', 'fixes the jitter of netd and Felix', '1')
    .addOption(
      new Option(
        '--rules <files>',
        'files of rules and alerts to name in prometheus.yml, separated by commas',
      )
        .argParser(files)
        .default([], 'none'),
    )
    .addOption(textOption('--out <dir>', 'the run’s folder (default: netdebug-runs/TIME-mesh)'))
    .option('--no-programs', 'build the world, say how long it took, and end')
    .addHelpText('after', examples)
    .action(async (flags: Flags) => {
      process.exitCode = await run(flags);
    });
}

function names(flag: string): (text: string) => readonly string[] {
  return (text) => {
    if (text === 'none') return [];
    const all = text.split(',').map((name) => name.trim());
    const wrong = all.find((name) => !/^node-[1-9][0-9]*$/.test(name));
    if (wrong === undefined) return all;
    throw new Problem('usage', `${flag}: "${wrong}" is no node; write them like node-2,node-5.`);
  };
}

function files(text: string): readonly string[] {
  return text.split(',').map((file) => resolve(file));
}

async function run(flags: Flags): Promise<number> {
  const folder = flags.programs ? chooseFolder(flags.out, new Date(), 'mesh') : null;
  const settings = readSettings(flags, folder);
  await requireLab();
  if (folder !== null) {
    refuseForLab(folder);
    await makeFolder(folder);
  }
  return await runInWorld({ do: 'mesh', settings }, 'inherit');
}

function readSettings(flags: Flags, folder: string | null): MeshSettings {
  const { nodes, podsPerNode, conflict, lose, targets, rules } = flags;
  if (nodes > mostNodes)
    throw new Problem('usage', `--nodes: ${nodes} are too many; the most is ${mostNodes}.`);
  if (podsPerNode < 2)
    throw new Problem('usage', '--pods-per-node: every node needs two, a server and an agent.');
  if (podsPerNode > 100) throw new Problem('usage', '--pods-per-node: more than 100 do not fit a node.');
  const known = new Set(meshTopology(nodes).members.map(({ node }) => node.name));
  for (const name of [...conflict, ...lose]) {
    if (!known.has(name))
      throw new Problem('usage', `there is no ${name} among ${nodes} nodes; see --nodes.`);
  }
  const speed = Number(flags.speed);
  if (!(speed > 0 && speed <= 1_000))
    throw new Problem('usage', `--speed: "${flags.speed}" is no number from above 0 to 1000.`);
  return {
    ...{ nodes, podsPerNode, conflict, lose, targets, rules, folder, speed },
    ...{ durationMs: flags.duration, periodMs: flags.period },
    seed: whole('--seed', flags.seed, 0, 2 ** 31 - 1),
  };
}

/** The run itself, in the world. */
export async function runMeshInside(settings: MeshSettings, signal: AbortSignal): Promise<number> {
  const { folder } = settings;
  const topology = meshTopology(settings.nodes, settings.podsPerNode);
  const conflict = new Set(settings.conflict);
  const startMs = performance.now();
  const say = (text: string) => {
    const seconds = ((performance.now() - startMs) / 1_000).toFixed(1);
    process.stderr.write(`${seconds.padStart(6)}s  ${text}\n`);
  };
  say(`building ${topology.members.length} nodes with ${topology.pods.length} pods`);
  await buildMesh(topology, conflict);
  say('the world is built');
  if (folder === null) return exitCodes.finished;

  await serveShell([
    'vpc',
    ...topology.nodes.map(({ name }) => name),
    ...topology.pods.map(({ name }) => name),
  ]);
  const lost = { some: false };
  const books = createLostBooks(folder, (sentence) => {
    lost.some = true;
    process.stderr.write(`netdebug: ${sentence}\n`);
  });
  const files = await openMeshFolder(folder, books);
  const counts = await runMesh(
    { ...settings, topology, conflict, lost: new Set(settings.lose), files, self: ownWords() },
    { onStage: say, onCounts: (now) => say(progress(now)), signal },
  );
  if (signal.aborted) throw new Problem('interrupted', 'interrupted; the programs are stopped.');
  const wrong = misplaced(counts, conflict);
  printMeasured(`${table(counts)}\n${sentence(wrong, conflict)}\n`);
  await files.writeCounts({ schemaVersion: 1, counts, misplaced: wrong });
  process.stderr.write(`\nThe run's folder: ${folder}\n`);
  if (lost.some) return exitCodes.unwritable;
  return wrong.length === 0 ? exitCodes.finished : exitCodes.unexpected;
}

const sum = (values: Readonly<Record<string, number>>) =>
  Object.values(values).reduce((total, value) => total + value, 0);

function progress(counts: readonly NodeCounts[]): string {
  const silent = counts.filter(({ unreachable }) => unreachable !== null).length;
  const resets = counts.filter(({ resets: own }) => sum(own) > 0);
  const where = resets.map(({ node, resets: own }) => `${node} ${sum(own)}`).join(', ');
  return `resets: ${where || 'none'}${silent === 0 ? '' : `; ${silent} agents do not answer`}`;
}

/** A line for each node that has something to tell, and one for all others. */
function table(counts: readonly NodeCounts[]): string {
  const telling = counts.filter(
    ({ resets, excluded, unreachable }) => sum(resets) + sum(excluded) > 0 || unreachable !== null,
  );
  const inWords = (values: Readonly<Record<string, number>>) =>
    Object.entries(values)
      .map(([name, value]) => `${value} ${name}`)
      .join(', ') || '-';
  const rows = telling.map(({ node, resets, connectionSeconds, excluded, unreachable }) => [
    node,
    unreachable === null ? inWords(resets) : 'does not answer',
    inWords(excluded),
    Math.round(sum(connectionSeconds)).toString(),
  ]);
  const quiet = counts.length - telling.length;
  return [
    ...alignColumns([['node', 'resets', 'left out, by cause', 'connection-seconds'], ...rows]),
    ...(quiet === 0 ? [] : [`${quiet} more nodes: no reset, nothing left out.`]),
    '',
  ].join('\n');
}

function sentence(wrong: readonly string[], conflict: ReadonlySet<string>): string {
  if (wrong.length > 0) return `Not as expected: ${wrong.join('; ')}.`;
  return conflict.size === 0
    ? 'As expected: no resets anywhere.'
    : `As expected: resets of same-node connections through the Service on ${[...conflict].join(', ')}, and nowhere else.`;
}
