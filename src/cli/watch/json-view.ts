// `netdebug watch -o json`: nothing on stdout but one object a line, and the summary as the last.
import { missingSentence } from '../../model/missing-witness.ts';
import type { WatchSummary } from '../../model/watch-record.ts';
import { watchingLines } from '../../report/watch-text.ts';
import { firstScreenOfWatch } from '../../report/first-screen/of-watch.ts';
import { plainStyle } from '../../report/text-style.ts';
import { print } from '../standard-output.ts';
import type { WatchView } from './watch-view.ts';

export const printLine = (value: unknown): void => print(`${JSON.stringify(value)}\n`);

/** With what is said first of it. */
export const withScreen = (summary: WatchSummary): WatchSummary => ({
  ...summary,
  firstScreen: firstScreenOfWatch(summary),
});

export function jsonView({ node, quiet }: { readonly node: string; readonly quiet: boolean }): WatchView {
  const say = (text: string) => {
    if (!quiet) process.stderr.write(`${text}\n`);
  };
  return {
    started({ watched, running, missing }, remedies) {
      // Whoever waits for it is to know that it has begun, on a line of its own.
      say(watchingLines(node, watched, running, [], plainStyle).join(' '));
      for (const one of missing) say(`Attention: ${missingSentence(one)}`);
      for (const one of remedies) say(one);
    },
    lost: (losses) => losses.forEach(printLine),
    look: () => undefined,
    missing: (one) => say(`Attention: ${missingSentence(one)}`),
    ended: (summary) => printLine(withScreen(summary)),
  };
}
