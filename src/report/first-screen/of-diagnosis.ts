// The first screen of a diagnosis of anybody's evidence.
import type { DiagnosisRecord } from '../../model/diagnosis-record.ts';
import type { FirstScreen } from '../../model/first-screen.ts';
import { isOpen } from '../../model/open-finding.ts';
import type { Finding } from '../../model/run-record.ts';
import { endsOfFinding } from '../finding-words.ts';
import { answerOfFinding } from './answer-of-finding.ts';
import { addEnded, endedWords, type Ended } from './ended-words.ts';
import { headlineOf } from './headline.ts';

export function firstScreenOfDiagnosis(diagnosis: DiagnosisRecord): FirstScreen {
  const { counts, findings, unread, toDecide } = diagnosis;
  const stalled = counts.stalled ?? 0;
  const unsure = unread || counts.neverAnswered > 0 || stalled > 0;
  const firstOpen = findings.find(isOpen);
  return {
    headline: counts.lost > 0 ? lostHeadline(diagnosis) : unlostHeadline(diagnosis, stalled),
    tone: counts.lost > 0 ? 'lost' : unsure ? 'unsure' : 'well',
    answers: findings.map((finding) => answerOfFinding(finding, finding === firstOpen ? toDecide : null)),
    next: null,
    expected: null,
  };
}

function lostHeadline({ counts, findings }: DiagnosisRecord): string {
  const { lost, neverAnswered } = counts;
  const explained = findings.reduce((sum, { connections }) => sum + connections, 0);
  const [only, another] = findings;
  const untold = lost - explained;
  const ends = another === undefined && only !== undefined && untold === 0 ? endsOfFinding(only) : null;
  return headlineOf([
    `${endedWords(lost, untold > 0 ? null : endedOf(findings))}${ends === null ? '' : `: ${ends}`}`,
    ...(untold > 0 ? [`${untold} of them were only counted`] : []),
    ...(neverAnswered === 0 ? [] : [`${neverAnswered} never had an answer`]),
  ]);
}

function endedOf(findings: readonly Finding[]): Ended | null {
  const told = findings.flatMap(({ ended }) => ended ?? []);
  return told.length === findings.length ? addEnded(told) : null;
}

function unlostHeadline({ counts, unread }: DiagnosisRecord, stalled: number): string {
  const but = [
    ...(unread ? ['in some capture no TCP packet could be read'] : []),
    ...(counts.neverAnswered > 0 ? [`${counts.neverAnswered} never had an answer`] : []),
    ...(stalled > 0 ? [`${stalled} ${stalled === 1 ? 'was' : 'were'} still unanswered at the end`] : []),
  ];
  const [first, ...others] = but;
  if (first === undefined) return headlineOf(['no connection was lost', 'there is nothing to explain']);
  return headlineOf([`no connection was lost, but ${first}`, ...others]);
}
