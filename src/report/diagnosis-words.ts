// What is said of a diagnosis as a whole, in the words of every format.
import type { DecidingCommand, DiagnosisRecord } from '../model/diagnosis-record.ts';
import type { Finding } from '../model/run-record.ts';
import { authorInBrief, causeInBrief, lostCount } from './finding-words.ts';

/** `2 lost connections, 2 findings`; nothing lost is said as such. */
export function diagnosisHeadline({ counts, findings, unread }: DiagnosisRecord): string {
  if (counts.lost === 0) {
    if (unread)
      return 'No lost connection was found, but in some capture no TCP packet could be read; see below.';
    return counts.neverAnswered === 0
      ? 'No lost connections: nothing to explain.'
      : 'No lost connections, but some never had an answer: see that the server can be reached from there.';
  }
  return `${lostCount(counts.lost)}, ${findings.length === 1 ? '1 finding' : `${findings.length} findings`}`;
}

/** `1 by the server's application (likely); 1 not known`. */
export const whoInAll = (findings: readonly Finding[]): string =>
  tally(findings, (one) => (one.author === 'unknown' ? 'open' : `by ${authorInBrief(one)}`));

/** `1 server-aborted (likely); 1 open: policy-reject or endpoint-replaced`. */
export const whyInAll = (findings: readonly Finding[]): string => tally(findings, causeInBrief);

function tally(findings: readonly Finding[], wordsOf: (finding: Finding) => string): string {
  const groups = Map.groupBy(findings, wordsOf);
  const counted = [...groups].map(
    ([words, own]) => [own.reduce((sum, { connections }) => sum + connections, 0), words] as const,
  );
  return counted.map(([count, words]) => `${count} ${words}`).join('; ');
}

/** `To decide (what it shows), on …, then …`; the command follows. */
export const decidingWords = ({ where, shows }: DecidingCommand): string => `To decide (${shows}), ${where}`;
