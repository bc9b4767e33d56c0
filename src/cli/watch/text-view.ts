// `netdebug watch` for people: losses as they happen, and on a terminal a last line that says for how long nothing was lost.
import { missingSentence } from '../../model/missing-witness.ts';
import { createLossFolds, type FoldedLosses } from '../../report/watch-folds.ts';
import { lossLines, stillLine, summaryLines, watchingLines } from '../../report/watch-text.ts';
import { mostColumns, type TextStyle } from '../../report/text-style.ts';
import { print } from '../standard-output.ts';
import { isDumb, textStyle } from '../terminal-style.ts';
import type { WatchView } from './watch-view.ts';

const drawEveryMs = 1_000;

export interface TextViewOptions {
  readonly node: string;
  readonly quiet: boolean;
}

/** Up to what is easily read, in a pipe too: whoever reads that by program has JSON. */
export function watchStyle(): TextStyle {
  const style = textStyle();
  return { ...style, columns: Math.min(mostColumns, style.columns) };
}

export function textView({ node, quiet }: TextViewOptions): WatchView {
  const folds = createLossFolds();
  const still = !quiet && process.stdout.isTTY && !isDumb();
  const clock = () => performance.now();
  const begun = clock();
  let isDrawn = false;
  let drawnAt = -Infinity;
  const put = (lines: readonly string[]) => {
    if (lines.length === 0) return;
    const clear = isDrawn ? '\r\x1b[2K' : '';
    isDrawn = false;
    drawnAt = -Infinity;
    print(`${clear}${lines.join('\n')}\n`);
  };
  const putLosses = (losses: readonly FoldedLosses[]) => {
    const style = watchStyle();
    put(losses.flatMap((one) => lossLines(one, style)));
  };
  return {
    started({ watched, running, missing, socket, notAsked }, remedies) {
      if (quiet) return;
      const cannotAsk = socket === null ? [`  cannot be asked with --since: ${notAsked ?? ''}`] : [];
      put([
        ...watchingLines(node, watched, running, missing, watchStyle()),
        ...remedies.map((one) => `  ${one}`),
        ...cannotAsk,
      ]);
    },
    lost(losses) {
      folds.take(losses);
      putLosses(folds.due(clock()));
    },
    look(now, at) {
      putLosses(folds.due(clock()));
      if (!still || clock() - drawnAt < drawEveryMs) return;
      const watched = now();
      const forMs = clock() - begun;
      const quietMs = watched.lastLostAt === null ? forMs : Math.max(0, (at - watched.lastLostAt) / 1_000);
      print(`${isDrawn ? '\r\x1b[2K' : ''}${stillLine(watched, forMs, quietMs, watchStyle())}`);
      isDrawn = true;
      drawnAt = clock();
    },
    missing: (one) => put(quiet ? [] : [`Attention: ${missingSentence(one)}`]),
    ended(summary) {
      putLosses(folds.rest());
      put(summaryLines(summary, watchStyle()));
    },
  };
}
