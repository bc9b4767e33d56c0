// `netdebug cluster watch`, `kubectl netdebug watch`: every lost connection of a workload, with what the nodes of both its ends saw of it.
import { Command, Option } from 'commander';
import { newRunId } from '../../cluster/names.ts';
import { reachCluster } from '../../cluster/reach-cluster.ts';
import { watchCluster, type ClusterWatchHooks } from '../../experiment/cluster-watch/watch-cluster.ts';
import { createLiveLosses } from '../../experiment/watch/create-live-losses.ts';
import { exitCodes, Problem } from '../../model/problem.ts';
import { ownName } from '../../system/own-program.ts';
import { catchInterruption } from '../interruption.ts';
import { count, durationOption, port, textOption } from '../probe-flags.ts';
import { repeatable } from '../repeatable.ts';
import { readerGone } from '../standard-output.ts';
import { jsonView } from '../watch/json-view.ts';
import { textView } from '../watch/text-view.ts';
import { chooseImage } from './choose-image.ts';
import { targetOf, targetOptions, type TargetFlags } from './target-flags.ts';

interface WatchFlags extends TargetFlags {
  readonly selector?: string;
  readonly image?: string;
  readonly observerNamespace?: string;
  readonly port?: readonly number[];
  readonly maxNodes: number;
  readonly startTimeout: number;
  readonly duration?: number;
  readonly keep: number;
  readonly output: 'text' | 'json';
  readonly fail?: true;
  readonly quiet?: true;
}

const examples = `
Examples:
  netdebug cluster watch deploy/redis -n shop        each lost connection of these pods, until Ctrl-C
  netdebug cluster watch svc/checkout --duration 10m --fail
  netdebug cluster watch -l app=web --port 6379      with data packets of that port: how idle, how many questions open
  netdebug cluster watch -n shop -o json | jq .      all pods of a namespace, one object a line

It starts an observer on the nodes of these pods, and of the pods that they speak with, as a Job of one privileged pod each
(docs/cluster.md says which rights and why). Only headers leave a node. However it ends, the observers go: at once, or
within a minute when this command was killed; "netdebug cluster cleanup" removes what is left.
The image is that of --image, else of NETDEBUG_IMAGE, else the release's own.

Exit codes: 0 at its end, by Ctrl-C too; 1 with --fail, when something was lost; 64 wrong usage, or no such workload;
69 a right, an image or the cluster is missing; 73 standard output cannot be written; 130 a second Ctrl-C.`;

export function watchCommand(): Command {
  const watch = new Command('watch')
    .description('say of every lost connection of a workload who ended it, why, and how sure that is')
    .argument('[target]', 'deploy/NAME, sts/NAME, svc/NAME, pod/NAME, …; default: all pods of the namespace')
    .addOption(textOption('-l, --selector <labels>', 'the pods with these labels'))
    .addOption(textOption('--image <image>', 'image "observer" of netdebug that the nodes can pull'))
    .addOption(
      textOption(
        '--observer-namespace <name>',
        'where observers’ pods go, which must admit privileged ones (default: --namespace)',
      ),
    )
    .addOption(repeatable('--port <port>', 'look at the data packets of this port, too', port('--port', 1)))
    .option('--max-nodes <count>', 'observers on no more nodes than that', count('--max-nodes'), 10)
    .addOption(durationOption('--start-timeout <time>', 'how long to wait for an observer to start', '2m'))
    .addOption(durationOption('--duration <time>', 'end after this time (default: run until stopped)'))
    .addOption(durationOption('--keep <time>', 'how long what was seen is held in memory', '10m'))
    .addOption(
      new Option('-o, --output <format>', 'how losses are printed').choices(['text', 'json']).default('text'),
    )
    .option('--fail', 'exit 1 when something was lost')
    .option('--quiet', 'say nothing but what was lost, and the summary')
    .addHelpText('after', examples);
  for (const option of targetOptions()) watch.addOption(option);
  return watch.action((target: string | undefined, flags: WatchFlags) => run(target ?? null, flags));
}

async function run(target: string | null, flags: WatchFlags): Promise<void> {
  const { image, from } = chooseImage(flags.image);
  const runId = newRunId(Math.random);
  const interruption = catchInterruption(() =>
    say(
      `netdebug: ended at once; what was started ends within a minute, or now: ${ownName()} cluster cleanup --run ${runId}`,
    ),
  );
  const gone = new AbortController();
  void readerGone.then(() => gone.abort());
  const quiet = flags.quiet === true;
  const say = (text: string) => void process.stderr.write(`${text}\n`);
  try {
    const cluster = await reachCluster(targetOf(flags), interruption.signal);
    const observerNamespace = flags.observerNamespace ?? cluster.namespace;
    const name = `${target ?? flags.selector ?? 'all pods'} in ${cluster.namespace}`;
    const view = flags.output === 'json' ? jsonView({ node: name, quiet }) : textView({ node: name, quiet });
    const begun = performance.now();
    const hooks: ClusterWatchHooks = {
      signal: AbortSignal.any([interruption.signal, gone.signal]),
      onStage: (text) => (quiet ? undefined : say(`netdebug: ${text} …`)),
      onStarted({ pods, nodes, ...start }) {
        if (!quiet) say(`netdebug: ${pods} pod${pods === 1 ? '' : 's'}; observers on ${nodes.join(', ')}`);
        view.started({ ...start, soFar: unasked, socket: '', notAsked: null }, []);
      },
      onLost: (losses) => view.lost(losses),
      onLook: (watched, now) => view.look(watched, now),
      onMissing: (missing) => view.missing(missing),
      onNote: (sentence) => say(`Attention: ${sentence}`),
    };
    const summary = await watchCluster(
      cluster,
      {
        ...{ runId, target, selector: flags.selector ?? null, observerNamespace, image, imageFrom: from },
        ...{ ports: flags.port ?? [], mostNodes: flags.maxNodes, startTimeoutMs: flags.startTimeout },
        ...{ keepMs: flags.keep, durationMs: flags.duration ?? null },
      },
      createLiveLosses,
      hooks,
    );
    view.ended(summary, (performance.now() - begun) / 1_000);
    process.exitCode = exitCodes[flags.fail === true && summary.lost > 0 ? 'unexpected' : 'finished'];
  } finally {
    interruption.off();
  }
}

/** Nobody asks it between. */
function unasked(): never {
  throw new Problem('fault', 'a watch of a cluster tells its summary at its end.');
}
