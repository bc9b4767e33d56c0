// A Markdown page of one finding is short enough to be read in a chat: of its drawing the earliest packets give way.
import type { Ladder } from '../model/ladder.ts';

const mostLines = 60;

/** Fewer show no exchange that still worked. */
const fewestRungs = 6;

/** The page as `render` makes it with so many packets left out as it is too long by. */
export function pageOfOne(findings: number, render: (leftOut: number) => string): string {
  const whole = render(0);
  const surplus = whole.trimEnd().split('\n').length - mostLines;
  return findings !== 1 || surplus <= 0 ? whole : render(surplus);
}

/** Without its first packets, which are counted; none that ended the connection, or did not arrive, is left out. */
export function withoutEarliest<Drawn extends { readonly ladder?: Ladder | undefined }>(
  drawn: Drawn,
  leftOut: number,
): Drawn {
  const { ladder } = drawn;
  if (ladder === undefined || leftOut === 0) return drawn;
  const { rungs, earlier } = ladder;
  const marked = rungs.findIndex(({ mark }) => mark !== null);
  const most = Math.min(rungs.length - fewestRungs, marked === -1 ? rungs.length : marked);
  const count = Math.max(0, Math.min(leftOut, most));
  return { ...drawn, ladder: { ...ladder, earlier: earlier + count, rungs: rungs.slice(count) } };
}
