// `kubectl proxy` on a unix socket in a folder that is ours alone: the user's own login, for a room that starts no program.
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Problem } from '../../model/problem.ts';
import { startWithOrders, type Program, type RunResult } from '../process.ts';
import { pause } from '../pause.ts';
import { lastLine } from '../split-lines.ts';
import { findKubectl, type Kubectl, type KubectlTarget } from './kubectl.ts';
import { kubectlFailure } from './kubectl-failure.ts';

export interface KubectlProxy {
  /** Speaks the API's HTTP, without TLS or login. */
  readonly socket: string;
  /** Rejects with a `missing` Problem when it ended again and again; never resolves. */
  readonly failed: Promise<never>;
  /** Ends it; resolves when it is gone and its folder with it. */
  stop(): Promise<void>;
}

/** Until it listens: it asks nobody anything before. */
const readyMs = 20_000;
const firstPauseMs = 500;
const longestPauseMs = 30_000;
/** So often it may end sooner than after the longest pause, one time after the other. */
const patience = 6;
/** Takes the folder away once it is told to, or this process is gone, however that was. */
const keeper = 'read -r _ <&3; rm -f -- "$1/api.sock"; rmdir -- "$1"';

/**
 * Resolves when it listens. Should it end, it is started again, and `log` hears of it. It ends with this process, and its folder goes,
 * even when that is killed. Rejects with a `missing` Problem when there is no kubectl, it knows no cluster, or does not start.
 */
export async function startKubectlProxy(
  target: KubectlTarget,
  log: (message: string) => void,
): Promise<KubectlProxy> {
  const kubectl = findKubectl(target);
  if (target.context === undefined) await requireContext(kubectl);
  // Nobody else may enter: whoever reaches the socket is logged in.
  const folder = await mkdtemp(join(tmpdir(), 'netdebug-kubectl-'));
  const keeping = startWithOrders(['sh', '-c', keeper, 'sh', folder], 'ignore');
  const socket = join(folder, 'api.sock');
  const stopping = new AbortController();
  const words = ['proxy', `--unix-socket=${socket}`];
  const listening = Promise.withResolvers<'listening'>();

  function launch(): Program {
    let printed = '';
    return kubectl.start(words, {
      onStdout(chunk) {
        printed = (printed + chunk.toString('utf8')).slice(-1_000);
        if (printed.includes('Starting to serve on')) listening.resolve('listening');
      },
    });
  }

  let program = launch();

  const isStopping = () => stopping.signal.aborted;

  async function keepRunning(): Promise<never> {
    let pauseMs = firstPauseMs;
    let left = patience;
    for (;;) {
      const startMs = performance.now();
      const exit = await program.exited;
      if (isStopping()) return await never;
      const said = program.lastWords();
      if (performance.now() - startMs > longestPauseMs) [pauseMs, left] = [firstPauseMs, patience];
      if ((left -= 1) === 0) throw endedProblem({ ...exit, stdout: '', stderr: said });
      log(`kubectl proxy ended (${lastLine(said) || 'it said nothing'}); starting it again.`);
      await pause(pauseMs, stopping.signal);
      pauseMs = Math.min(longestPauseMs, pauseMs * 2);
      if (isStopping()) return await never;
      program = launch();
    }
  }

  async function stop(): Promise<void> {
    stopping.abort();
    await program.stop();
    keeping.order('done');
    await keeping.exited;
  }

  const decided = new AbortController();
  const late = pause(readyMs, decided.signal);
  const first = await Promise.race([listening.promise, program.exited, late]);
  decided.abort();
  if (first !== 'listening') {
    await stop();
    const said = first === undefined ? `command timed out after ${readyMs} ms` : program.lastWords();
    throw endedProblem({ ...(await program.exited), stdout: '', stderr: said });
  }
  const failed = keepRunning();
  failed.catch(() => undefined);
  return { socket, failed, stop };
}

/** Without one, kubectl proxy starts all the same, and asks this machine's port 8080 for ever. */
async function requireContext(kubectl: Kubectl): Promise<void> {
  const answer = await kubectl.ask(['config', 'view', '--minify', '--output=name'], { attempts: 1 });
  if (!answer.ok) throw new Problem('missing', answer.failure.sentence);
}

const never = new Promise<never>(() => undefined);

const endedProblem = (result: RunResult) => new Problem('missing', kubectlFailure(result).sentence);
