// What is said of a finding, in the words of every format: how many, who, why, who and what else, what would decide, what cures it.
import { isIP } from 'node:net';
import { pageOf } from '../causes/index.ts';
import { authorWords, type Author } from '../model/author.ts';
import { formatEndpoint } from '../model/endpoint.ts';
import type { Finding } from '../model/run-record.ts';
import { percentText } from './html/numbers.ts';

export interface FindingWords {
  /** `78 lost connections in co-located`, `1 lost connection: 10.44.0.33:46422 to 10.48.14.50:8080`. */
  readonly headline: string;
  /** `the server's kernel (proven)`. */
  readonly who: string;
  /** `route-table-conflict (proven): On node-1 the rule …`. */
  readonly why: string;
  /** Who it was not, with each reason once. */
  readonly excluded: readonly Excluded[];
  /** `server-process-died (nobody could have seen what it shows): would show in …`: a line for each rival. */
  readonly alsoPossible: readonly string[];
  /** Of version 1: the next best cause, what would have shown it, and that it was not seen. */
  readonly nextBest: string | null;
  /** What nobody watched and would decide; nothing where all is proven. Of version 1 it is only said. */
  readonly missing: { readonly label: string; readonly first: readonly string[]; readonly more: number };
  /** Names of fixes. */
  readonly cures: readonly string[];
  /** The command that says more of the cause; null when there is no page. */
  readonly page: string | null;
}

interface Excluded {
  readonly who: string;
  readonly because: string;
}

export function findingWords(finding: Finding): FindingWords {
  const { cause, certainty, fixes } = finding;
  // What is proven needs nothing more.
  const missing = certainty?.author === 'proven' && certainty.cause === 'proven' ? [] : finding.missing;
  return {
    headline: titleOf(finding),
    who: whoWords(finding),
    why: whyWords(finding),
    excluded: excludedWords(finding),
    alsoPossible: possibleWords(finding),
    nextBest: nextBestWords(finding),
    missing: {
      label: certainty === undefined ? 'Not collected' : 'Would decide',
      first: missing.slice(0, mostMissing),
      more: Math.max(0, missing.length - mostMissing),
    },
    cures: fixes,
    page: pageOf(cause) === undefined ? null : `netdebug explain ${cause}`,
  };
}

/** A single one is named by its ends. */
function titleOf({ connections, classes, ladder }: Finding): string {
  const group = groupWords(classes);
  const ends = endsOfFinding({ connections, ladder });
  if (ends === null) return `${lostCount(connections)} ${group}`;
  return `${lostCount(1)}: ${ends}${classes.every((name) => isIP(name) > 0) ? '' : `, ${group}`}`;
}

/** `10.44.0.33:46422 to 10.48.14.50:8080`, of a single one; null of several, or where they are not known. */
export function endsOfFinding({
  connections,
  ladder,
}: Pick<Finding, 'connections' | 'ladder'>): string | null {
  if (connections !== 1 || ladder === undefined) return null;
  return `${formatEndpoint(ladder.client)} to ${formatEndpoint(ladder.server)}`;
}

/** A whole node's clients are too many for a line. */
const mostNames = 3;

/** `in co-located`; without classes the clients are named by their addresses: `of client 10.44.0.33`. */
function groupWords(classes: readonly string[]): string {
  const left = classes.length - mostNames;
  const names = [...classes.slice(0, mostNames), ...(left > 0 ? [`and ${left} more`] : [])].join(', ');
  if (!classes.every((name) => isIP(name) > 0)) return `in ${names}`;
  return `of ${classes.length === 1 ? 'client' : 'clients'} ${names}`;
}

/** The first of them decide most; the rest are in the record. */
const mostMissing = 4;

const lostCount = (connections: number): string =>
  connections === 1 ? '1 lost connection' : `${connections} lost connections`;

/** More suspects than these say nothing. */
const mostSuspects = 8;

/** `the server's application (likely)`, with the suspects that stand beside it; `open: one of …` when none is named. */
function whoWords({ author, certainty, suspects }: Finding): string {
  const others = suspects.filter((one) => one !== author);
  const listed = others.length > 0 && others.length <= mostSuspects;
  if (author === 'unknown') {
    if (listed) return `open: ${either(others.map(suspectWords))}`;
    return others.length === 0 ? authorWords.unknown : `open: ${others.length} suspects are left`;
  }
  if (certainty === undefined) return authorWords[author];
  const beside = certainty.author === 'proven' || !listed ? '' : `; or ${either(others.map(suspectWords))}`;
  return `${authorWords[author]} (${certainty.author}${beside})`;
}

/** The author alone, for where there is little room: `the server's kernel (proven)`. */
export function authorInBrief({ author, certainty }: Pick<Finding, 'author' | 'certainty'>): string {
  if (author === 'unknown') return authorWords.unknown;
  return certainty === undefined ? authorWords[author] : `${authorWords[author]} (${certainty.author})`;
}

/** As it stands among others that were possible: silence is nobody. */
const suspectWords = (author: Author): string => (author === 'nobody' ? 'silence' : authorWords[author]);

const either = (words: readonly string[]): string =>
  [words.slice(0, -1).join(', '), ...words.slice(-1)].filter((part) => part !== '').join(' or ');

function whyWords(finding: Finding): string {
  const { cause, certainty, sentence } = finding;
  // Of an open cause the sentence says how many are open between which, and what would decide: both have their own line.
  if (cause === 'unknown' && certainty !== undefined) return causeInBrief(finding);
  return `${causeInBrief(finding)}: ${sentence}`;
}

/** The cause alone: `server-aborted (likely)`, `open: policy-reject or endpoint-replaced`; of version 1 with its confidence. */
export function causeInBrief({ cause, certainty, confidence, rivals }: Finding): string {
  if (cause === 'unknown') {
    if (rivals.length > 0) return `open: ${either(rivals.map((rival) => rival.cause))}`;
    return certainty === undefined ? 'unknown' : 'unknown: nothing that was recorded explains it';
  }
  if (certainty !== undefined) return `${cause} (${certainty.cause})`;
  return confidence === undefined ? cause : `${cause}, confidence ${percentText(confidence)} (version 1)`;
}

function excludedWords({ exclusions }: Finding): Excluded[] {
  const byReason = Map.groupBy(exclusions, ({ because }) => because);
  return [...byReason].map(([because, own]) => ({
    who: own.map(({ author }) => suspectWords(author)).join(', '),
    because: own[0]?.basis === 'convention' ? `${because} (usual, not certain)` : because,
  }));
}

/** Each in a line: what would have shown it, and that nobody could look; or what was seen of it. */
function possibleWords({ rivals }: Finding): string[] {
  return rivals.map(({ cause, because, unseen = [] }) => {
    if (unseen.length === 0) return `${cause} (${because})`;
    const left = unseen.length - mostUnseen;
    const where = [...unseen.slice(0, mostUnseen), ...(left > 0 ? [`${left} more`] : [])].join(', or ');
    return `${cause} (${because}): would show in ${where}`;
  });
}

const mostUnseen = 2;

/** Of version 1: `not: X` is what would have shown it, and was looked for. */
function nextBestWords({ against, rivals }: Finding): string | null {
  if (rivals.length > 0 || against === null || against === undefined || against.because.length === 0)
    return null;
  const reasons = against.because.map((reason) =>
    reason.startsWith('not: ')
      ? `would show as "${reason.slice('not: '.length)}", looked for and not seen`
      : `"${reason}" was seen, which contradicts it`,
  );
  return `${against.cause}: ${reasons.join('; ')}`;
}
