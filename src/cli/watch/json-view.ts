// `netdebug watch -o json`: nothing on stdout but one object a line, and the summary as the last.
import type { WatchSummary } from '../../model/watch-record.ts';
import { firstScreenOfWatch } from '../../report/first-screen/of-watch.ts';
import { print } from '../standard-output.ts';
import { silentView } from './silent-view.ts';
import type { WatchView } from './watch-view.ts';

export const printLine = (value: unknown): void => print(`${JSON.stringify(value)}\n`);

/** With what is said first of it. */
export const withScreen = (summary: WatchSummary): WatchSummary => ({
  ...summary,
  firstScreen: firstScreenOfWatch(summary),
});

export function jsonView(options: { readonly node: string; readonly quiet: boolean }): WatchView {
  return {
    // Whoever waits for it is to know that it has begun, and what it does not see.
    ...silentView(options),
    lost: (losses) => losses.forEach(printLine),
    ended: (summary) => printLine(withScreen(summary)),
  };
}
