// The end of a watch: what was lost by what, what cures it, and what to type next.
import { certainties } from '../../model/certainty.ts';
import { formatMicros, type Micros } from '../../model/clock.ts';
import type { LossAnswer } from '../../model/first-screen.ts';
import { missingWitnesses } from '../../model/missing-witness.ts';
import type { SourceEvent } from '../../model/node-event.ts';
import type { WatchSummary } from '../../model/watch-record.ts';
import { explaining, nextOf } from '../../report/first-screen/answer-of-finding.ts';
import { cureOf } from '../../report/first-screen/cure.ts';
import { decidingCommand } from '../deciding-command.ts';
import type { Tally } from './loss-tallies.ts';

export interface SummaryOf {
  readonly node: string;
  readonly from: Micros;
  readonly to: Micros;
  readonly benign: number;
  readonly stalled: number;
  readonly watched: { readonly connections: number | null; readonly processes: number | null };
  readonly sources: readonly SourceEvent[];
  readonly tallies: readonly Tally[];
  /** Counted by kernels, and told by nobody. */
  readonly untold: number;
}

export function watchSummary({ from, to, tallies, sources, untold, ...counts }: SummaryOf): WatchSummary {
  const sum = (of: (tally: Tally) => number) => tallies.reduce((all, tally) => all + of(tally), 0);
  return {
    ...{ schemaVersion: 1, kind: 'summary', from: formatMicros(from), to: formatMicros(to) },
    ...counts,
    lost: sum(({ lost }) => lost) + untold,
    onlyCounted: sum(({ unexplained }) => unexplained) + untold,
    byCause: tallies
      .map((tally) => ({ tally, next: whatNext(tally) }))
      .map(({ tally, next }) => ({
        cause: tally.line.cause.id,
        certainty: tally.line.cause.certainty,
        author: tally.line.author.id,
        authorCertainty: tally.line.author.certainty,
        lost: tally.lost,
        ...{ ended: tally.ended, unanswered: tally.unanswered },
        cure: cureOf(tally.line.cause.id)?.words ?? null,
        next: next?.command ?? null,
        nextWhere: next?.where ?? null,
      }))
      .sort((a, b) => b.lost - a.lost || certainties.indexOf(a.certainty) - certainties.indexOf(b.certainty)),
    missing: missingWitnesses(sources),
  };
}

/** What would decide, where something is open; or else the page of the cause. */
function whatNext({ line, finding }: Tally): LossAnswer['next'] {
  return finding === null ? explaining(line.cause.id) : nextOf(finding, decidingCommand([finding]));
}
