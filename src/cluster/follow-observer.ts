// Follows an observer's pod over `kubectl exec`: a stream that breaks is taken up again where it broke off, so that nothing is missed
// while the API is away, as long as the observer holds it.
import { observerLineSchema, type FollowerLine, type ObserverLine } from '../model/observer-line.ts';
import { pause } from '../system/pause.ts';
import { lastLine, splitLines } from '../system/split-lines.ts';
import type { Kubectl } from '../system/tools/kubectl.ts';
import { containerName } from './names.ts';
import { observerSocket } from './watch-objects.ts';

export interface ObserverStream {
  /** From now on these, in place of those before. */
  want(wanted: NonNullable<FollowerLine['wanted']>): void;
  /** Ends the stream; resolves when no more lines will come. */
  stop(): Promise<void>;
  /** Resolves when it is stopped, or `isGone` said that there is nothing to follow any more. */
  readonly ended: Promise<void>;
}

export interface FollowedObserver {
  readonly kubectl: Kubectl;
  readonly namespace: string;
  readonly pod: string;
  readonly wanted: NonNullable<FollowerLine['wanted']>;
  readonly onLine: (line: ObserverLine) => void;
  /** Called when a stream has ended, with its last words; true where the pod is gone and no other is to be started. */
  readonly isGone: (words: string) => Promise<boolean>;
}

/** An observer says every 200 ms that all is told; a stream that is silent for so long is as good as dead. */
const silenceMs = 6_000;
/** Well within the time after which an observer that nobody asks ends. */
const beatMs = 5_000;
const [shortestPauseMs, longestPauseMs] = [250, 3_000];

export function followObserver(followed: FollowedObserver): ObserverStream {
  const { kubectl, namespace, pod, onLine, isGone } = followed;
  const stopping = new AbortController();
  const isStopping = () => stopping.signal.aborted;
  let wanted = followed.wanted;
  let after: NonNullable<FollowerLine['after']> | null = null;
  let say: ((line: FollowerLine) => void) | null = null;

  function take(text: string): void {
    const line = readLine(text);
    if (line === undefined) return;
    if (line.kind === 'observer' && after?.run !== line.run) after = { run: line.run, number: 0 };
    if (line.kind === 'event') {
      // A new stream may repeat what the old one's end brought.
      if (after === null || line.number <= after.number) return;
      after = { ...after, number: line.number };
    }
    onLine(line);
  }

  async function readStream(): Promise<string> {
    const split = splitLines(take);
    const words = [
      ...['exec', '--stdin', pod, `--namespace=${namespace}`, `--container=${containerName}`],
      ...['--', 'netdebug', 'observe', '--ask', observerSocket],
    ];
    const program = kubectl.talk(words, {
      onStdout(chunk) {
        silent.refresh();
        split(chunk);
      },
    });
    const stop = () => void program.stop('SIGTERM', 1_000);
    // Its first line comes when the program in the pod has started.
    const silent = setTimeout(stop, 2 * silenceMs);
    say = (line) => program.say(JSON.stringify(line));
    say({ after, wanted });
    const beat = setInterval(() => say?.({}), beatMs);
    stopping.signal.addEventListener('abort', stop, { once: true });
    await program.exited.catch(() => undefined);
    clearTimeout(silent);
    clearInterval(beat);
    say = null;
    stopping.signal.removeEventListener('abort', stop);
    return lastLine(program.lastWords());
  }

  async function follow(): Promise<void> {
    let pauseMs = shortestPauseMs;
    while (!isStopping()) {
      const before = after?.number ?? -1;
      const words = await readStream();
      if (isStopping() || (await isGone(words))) return;
      pauseMs = (after?.number ?? -1) > before ? shortestPauseMs : Math.min(longestPauseMs, pauseMs * 2);
      await pause(pauseMs, stopping.signal);
    }
  }

  const ended = follow();
  return {
    ended,
    want(next) {
      wanted = next;
      say?.({ wanted });
    },
    async stop() {
      stopping.abort();
      await ended;
    },
  };
}

/** Undefined for what an observer of another version says beside. */
function readLine(text: string): ObserverLine | undefined {
  try {
    return observerLineSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
