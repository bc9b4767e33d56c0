// What `netdebug watch` prints for people: a few lines for each lost connection or burst of them, what is watched, and the summary.
import { authorWords } from '../model/author.ts';
import type { Certainty } from '../model/certainty.ts';
import { formatDuration } from '../model/duration.ts';
import { missingSentence, type MissingWitness } from '../model/missing-witness.ts';
import type { WatchEnd, WatchLoss, WatchSummary } from '../model/watch-record.ts';
import { answerLines } from './first-screen/answer-lines.ts';
import { firstScreenOfWatch } from './first-screen/of-watch.ts';
import { paint, type TextStyle } from './text-style.ts';
import { visible } from './visible.ts';
import { clientInFull, clientName, serverName } from './watch-ends.ts';
import type { FoldedLosses, Span } from './watch-folds.ts';
import { seesLosses } from './watch-sight.ts';
import { padTo, widthOf, wrap } from './wrap.ts';

const indent = ' '.repeat(12);
const certaintyColumn = 8;

/** When and between whom, how it ended; who did it; why. */
export function lossLines(losses: FoldedLosses, style: TextStyle): string[] {
  const { shown, count } = losses;
  const times = count === 1 ? '' : `×${grouped(count)}`;
  const names = `${losses.corrects || shown.ended === 'benign' ? 'correction: ' : ''}${namesOf(losses)}`;
  const ended = howItEnded(losses);
  const room = style.columns - (times === '' ? 0 : times.length + 2);
  const time = `${shown.at.slice(11, 21)}  `;
  const fits = time.length + widthOf(visible(names)) + 2 + ended.length <= room;
  const [first = '', ...rest] = fits
    ? [`${time}${visible(names)}  ${ended}`]
    : [...wrap(visible(names), room, time, indent), ...wrap(ended, style.columns, indent)];
  const head = times === '' ? first : `${padTo(first, room)}  ${times}`;
  const { author, cause } = shown;
  if (shown.ended === 'benign')
    return [paint(head, 'heading', style), ...rest, ...wrap(visible(cause.text), style.columns, indent)];
  return [
    paint(head, 'heading', style),
    ...rest,
    ...labelled('who', whoWords(shown), author.certainty, style),
    ...labelled('why', whyWords(shown), cause.certainty, style),
    ...argumentLines(shown, style),
  ];
}

function namesOf({ shown: { ends }, count, manyClients }: FoldedLosses): string {
  const client = manyClients ? 'more clients' : count === 1 ? clientInFull(ends) : clientName(ends);
  return `${client} → ${serverName(ends)}`;
}

interface Ended extends Pick<FoldedLosses, 'ageMs' | 'idleMs' | 'unanswered'> {
  readonly shown: Pick<WatchLoss, 'ended'>;
}

const endings: Readonly<Record<WatchLoss['ended'], string>> = {
  reset: 'reset',
  refused: 'refused',
  closed: 'closed',
  'timed-out': 'timed out',
  unreachable: 'unreachable',
  benign: 'nothing was lost',
};

/** `reset after 4m12s, idle 0.3s, 1 question unanswered`. */
export function howItEnded({ shown, ageMs, idleMs, unanswered }: Ended): string {
  if (shown.ended === 'benign') return endings.benign;
  const most = unanswered?.[1] ?? 0;
  return [
    `${endings[shown.ended]}${ageMs === null ? '' : ` after ${between(ageMs)}`}`,
    ...(idleMs === null ? [] : [`idle ${between(idleMs)}`]),
    ...(unanswered === null || most === 0
      ? []
      : [
          `${unanswered[0] === most ? '' : `${unanswered[0]} to `}${most} question${most === 1 ? '' : 's'} unanswered`,
        ]),
  ].join(', ');
}

const between = ([least, most]: Span): string => {
  const [from, to] = [shortTime(least), shortTime(most)];
  return from === to ? from : `${from} to ${to}`;
};

/** `40ms`, `0.3s`, `59.8s`, `4m12s`. */
function shortTime(milliseconds: number): string {
  if (milliseconds < 100) return `${Math.round(milliseconds)}ms`;
  if (milliseconds < 60_000) return `${(milliseconds / 1_000).toFixed(1)}s`;
  return formatDuration(milliseconds);
}

/** Without how certain it is. */
export function whoWords({ author: { id, text } }: Pick<WatchLoss, 'author'>): string {
  const words = authorWords[id];
  if (text === '') return words;
  return id === 'unknown' || text.startsWith(words) ? text : `${words}: ${text}`;
}

/** More rivals than these say nothing. */
const mostRivals = 4;

export function whyWords({
  cause: { id, certainty, text },
  rivals,
}: Pick<WatchLoss, 'cause' | 'rivals'>): string {
  const others = rivals.slice(0, mostRivals).map((one) => one.cause);
  const more = rivals.length > mostRivals ? [`${rivals.length - mostRivals} more`] : [];
  const listed = [...others, ...more].join(' or ');
  if (id === 'unknown') {
    const named = others.every((one) => text.includes(one)) ? '' : listed;
    return [named, text].filter((part) => part !== '').join(': ') || 'unknown';
  }
  const beside = certainty === 'proven' || listed === '' ? '' : `; or ${listed}`;
  return `${id}${text === '' ? '' : `: ${text}`}${beside}`;
}

function labelled(label: string, text: string, certainty: Certainty, style: TextStyle): string[] {
  const room = style.columns - certaintyColumn;
  const [first = '', ...rest] = wrap(visible(text), room, `${indent}${label.padEnd(5)}`, `${indent}     `);
  return [`${padTo(first, room)}  ${paint(certainty, certainty, style)}`, ...rest];
}

/** A script on a command line may be long: JSON has all of it. */
const mostOfArguments = 160;

/** Only where they were asked for. */
function argumentLines({ ends }: WatchLoss, { columns }: TextStyle): string[] {
  const of = (who: string, end: WatchEnd | null): string[] => {
    const words = end?.process?.arguments;
    if (words === undefined) return [];
    const text = `${who}: ${words.join(' ')}`;
    const shown = text.length > mostOfArguments ? `${text.slice(0, mostOfArguments)}…` : text;
    return wrap(visible(shown), columns, `${indent}args `, `${indent}     `);
  };
  return [...of('client', ends.client), ...of('server', ends.backend ?? ends.server)];
}

export interface WatchedNow {
  readonly connections: number | null;
  readonly processes: number | null;
}

/** What runs, by name, as a person would say it; several of one kind are one. */
const spoken: Readonly<Record<string, string>> = {
  'conntrack-events': 'conntrack',
  'conntrack-stats': 'conntrack',
  'ip-monitor': 'routes',
  'kernel-events': 'kernel events',
  'rule-counters': 'rules',
  'rule-owners': 'rules',
  snmp: 'counters',
};

/** `watching 1,204 connections of 31 processes on node-1, times in UTC: kernel events, capture, …`, and what cannot be seen. */
export function watchingLines(
  node: string,
  now: WatchedNow,
  running: readonly string[],
  missing: readonly MissingWitness[],
  { columns }: TextStyle,
): string[] {
  const seen = [...new Set(running.map((name) => spoken[name] ?? name.replaceAll('-', ' ')))];
  const line = `watching ${watchedWords(now)} on ${node}, times in UTC: ${seen.join(', ')}`;
  return [
    ...wrap(visible(line), columns, '', '  '),
    ...(seesLosses(missing)
      ? []
      : wrap('most losses cannot be seen here: that takes the capture or the kernel events', columns, '  ')),
    ...missing.flatMap((one) => wrap(visible(missingWords(one, node)), columns, '  ', '    ')),
  ];
}

/** Of one node alone its name need not be said. */
const missingWords = (missing: MissingWitness, node: string): string =>
  missingSentence(missing).slice(missing.node === node ? missing.node.length + 2 : 0);

function watchedWords({ connections, processes }: WatchedNow): string {
  if (connections === null) return 'all connections';
  const of = processes === null ? '' : ` of ${counted(processes, 'process', 'processes')}`;
  return `${counted(connections, 'connection')}${of}`;
}

/** The line that stays at the bottom of a terminal. @param quietMs Since something was lost, or since the beginning. */
export function stillLine(
  now: WatchedNow & { readonly lost: number },
  forMs: number,
  quietMs: number,
  { columns }: TextStyle,
): string {
  const quiet = inSeconds(quietMs);
  const lost =
    now.lost === 0 ? `nothing lost for ${quiet}` : `${grouped(now.lost)} lost, the last ${quiet} ago`;
  return `watching ${watchedWords(now)} for ${inSeconds(forMs)}: ${lost}`.slice(0, columns - 1);
}

const inSeconds = (milliseconds: number): string =>
  formatDuration(Math.floor(milliseconds / 1_000) * 1_000).replace(/^0µs$/, '0s');

/** What could not be seen; and last, where a terminal stands, what was lost, by cause, with what cures it and what to type next. */
export function summaryLines(summary: WatchSummary, style: TextStyle): string[] {
  const unseen = summary.missing.flatMap((one) =>
    wrap(visible(missingWords(one, summary.node)), style.columns, '  ', '    '),
  );
  return [
    ...(unseen.length === 0 ? [] : ['Not seen, or not all of it:', ...unseen, '']),
    ...answerLines(firstScreenOfWatch(summary), style),
  ];
}

const counted = (count: number, one: string, many = `${one}s`): string =>
  `${grouped(count)} ${count === 1 ? one : many}`;

const grouped = (count: number): string => count.toLocaleString('en-US');
