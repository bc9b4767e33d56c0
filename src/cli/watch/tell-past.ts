// `netdebug watch --since`: what the watches that run here have seen lost, printed as they would have printed it.
import { askWatchers, type WatcherAnswer } from '../../experiment/watch/ask-watchers.ts';
import { fitsWanted } from '../../experiment/watch/fits-wanted.ts';
import type { WantedConnections } from '../../experiment/watch/live-losses.ts';
import { parseMicros, systemClock, type Micros } from '../../model/clock.ts';
import { formatDuration } from '../../model/duration.ts';
import { messageOf, Problem } from '../../model/problem.ts';
import { createLossFolds } from '../../report/watch-folds.ts';
import { lossLines, summaryLines } from '../../report/watch-text.ts';
import { ownNameAsRoot } from '../../system/own-program.ts';
import { shellQuote } from '../../system/shell-quote.ts';
import { print } from '../standard-output.ts';
import { printLine, withScreen } from './json-view.ts';
import { recorderFolder } from './recorder-folder.ts';
import { watchStyle } from './text-view.ts';

export interface PastOptions {
  readonly sinceMs: number;
  readonly wanted: WantedConnections;
  readonly output: 'text' | 'json';
  readonly quiet: boolean;
}

/** Resolves with whether something was lost. Throws a `missing` Problem when nobody watches here. */
export async function tellPast({ sinceMs, wanted, output, quiet }: PastOptions): Promise<boolean> {
  const now = systemClock().now();
  const since = now - sinceMs * 1_000;
  const answers = (await ask(since)).map((answer) => ({
    ...answer,
    losses: answer.losses.filter((loss) => fitsWanted(loss, wanted)),
  }));
  for (const answer of answers) {
    if (!quiet) for (const one of limitsOf(answer, since)) process.stderr.write(`Attention: ${one}\n`);
    if (output === 'json') answer.losses.forEach(printLine);
    else printText(answer, sinceMs);
  }
  if (output === 'json')
    for (const { summary } of answers) if (summary !== null) printLine(withScreen(summary));
  return answers.some(({ losses }) => losses.length > 0);
}

async function ask(since: Micros): Promise<WatcherAnswer[]> {
  const { folder } = recorderFolder();
  const start = `${ownNameAsRoot()} watch`;
  let answers: WatcherAnswer[] = [];
  try {
    answers = folder === null ? [] : await askWatchers(folder, since);
  } catch (error) {
    throw new Problem('missing', `the watches that run here cannot be asked: ${messageOf(error)}.`, {
      cause: error,
    });
  }
  if (answers.length > 0) return answers;
  const other =
    process.getuid?.() === 0
      ? ''
      : ` Root's can be asked by root alone: ${ownNameAsRoot()} ${shellQuote(process.argv.slice(2))}`;
  throw new Problem(
    'missing',
    `no watch runs here that could be asked; one that does holds what it sees, for 10 minutes or as --keep says: ${start}.${other}`,
  );
}

/** What it cannot tell of the time that it was asked about. */
function limitsOf({ watcher, summary }: WatcherAnswer, since: Micros): string[] {
  const { node, pid, from, keepMs } = watcher;
  const who = `the watch of ${node} (pid ${pid})`;
  return [
    ...(parseMicros(from) > since ? [`${who} began at ${from}, later than was asked for`] : []),
    ...(systemClock().now() - keepMs * 1_000 > since
      ? [`${who} holds the last ${formatDuration(keepMs)} only (--keep)`]
      : []),
    ...(summary === null ? [`${who} did not finish its answer`] : []),
  ];
}

function printText({ watcher, losses, summary }: WatcherAnswer, sinceMs: number): void {
  const style = watchStyle();
  const folds = createLossFolds();
  folds.take(losses.map((loss) => ({ ...loss, revision: 1 })));
  const count = losses.length === 0 ? 'nothing' : String(losses.length);
  print(
    [
      ...folds.rest().flatMap((one) => lossLines(one, style)),
      `${count} lost in the last ${formatDuration(sinceMs)}, as the watch of ${watcher.node} (pid ${watcher.pid}) saw it. In all:`,
      ...(summary === null ? [] : summaryLines(summary, style).map((line) => `  ${line}`)),
      '',
    ].join('\n'),
  );
}
