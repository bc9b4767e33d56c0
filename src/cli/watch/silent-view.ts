// `netdebug watch -o none`: nothing of what is lost, for a watch whose losses go elsewhere; what it cannot see is said on stderr.
import { missingSentence } from '../../model/missing-witness.ts';
import { plainStyle } from '../../report/text-style.ts';
import { watchingLines } from '../../report/watch-text.ts';
import type { WatchView } from './watch-view.ts';

export function silentView({ node, quiet }: { readonly node: string; readonly quiet: boolean }): WatchView {
  const say = (text: string) => {
    if (!quiet) process.stderr.write(`${text}\n`);
  };
  return {
    started({ watched, running, missing }, remedies) {
      // A line of its own.
      say(watchingLines(node, watched, running, [], plainStyle).join(' '));
      for (const one of missing) say(`Attention: ${missingSentence(one)}`);
      for (const one of remedies) say(one);
    },
    lost: () => undefined,
    look: () => undefined,
    missing: (one) => say(`Attention: ${missingSentence(one)}`),
    ended: () => undefined,
  };
}
