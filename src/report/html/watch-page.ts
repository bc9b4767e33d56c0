// The page of a node that is being watched, or was: what was lost and what to do, then each loss by cause, to be opened into who, why,
// and what else it could be.
import type { WatchPage } from '../../model/watch-view.ts';
import { firstScreenOfWatch } from '../first-screen/of-watch.ts';
import { renderDocument } from './document.ts';
import { markup, nothing, type Markup } from './markup.ts';
import { countText, plural } from './numbers.ts';
import { answerDeck, toneClass } from './sections/answer-deck.ts';
import { groupId, lossGroup, lossGroupParts } from './sections/loss-articles.ts';

/** One HTML file. While the watch lasts it fetches nothing but its own news; afterwards, nothing. Its size does not grow with the losses. */
export function renderWatchPage(view: WatchPage): string {
  const { node, isOver, groups, summary } = view;
  const live = !isOver;
  const pieces = piecesOf(view);
  const piece = (id: keyof typeof pieces) => pieces[id];
  return renderDocument({
    title:
      isOver && summary !== null
        ? `${firstScreenOfWatch(summary).headline.replace(/\.$/, '')} – netdebug`
        : `${node} – netdebug watch`,
    top: markup`<strong>netdebug</strong> <span aria-hidden="true">·</span> watch <span aria-hidden="true">·</span> ${node}`,
    main: markup`<section id="heading" class="watched"><header class="verdict">
<div id="outcome">${piece('outcome')}</div>
<h1 id="headline">${piece('headline')}</h1>
<div id="answers">${piece('answers')}</div>
<p class="deck" id="watched">${piece('watched')}</p></header></section>
<section id="missing">${piece('missing')}</section>
<section id="losses"><div id="groups">${groups.slice(0, mostGroups).map((group) => lossGroup(group, live))}</div>
<div id="notes">${piece('notes')}</div></section>`,
    live,
    times: 'Times are UTC.',
  });
}

/**
 * What of the page changes, by the id of the element that it is the inside of: markup, or the ids of the elements that a list holds, in
 * their order. What is inside of another comes after it.
 */
export function renderWatchParts(view: WatchPage): Record<string, string | readonly string[]> {
  const shown = view.groups.slice(0, mostGroups);
  return {
    ...Object.fromEntries(Object.entries(piecesOf(view)).map(([id, piece]) => [id, piece.text])),
    groups: shown.map(groupId),
    ...Object.fromEntries(shown.flatMap((group) => Object.entries(lossGroupParts(group)))),
  };
}

function piecesOf(
  view: WatchPage,
): Record<'outcome' | 'headline' | 'answers' | 'watched' | 'missing' | 'notes', Markup> {
  const { summary, isOver } = view;
  const screen = summary === null ? null : firstScreenOfWatch(summary, isOver);
  // That nothing was lost yet is no answer.
  const tone = screen === null || (screen.tone === 'well' && !isOver) ? 'pending' : toneClass[screen.tone];
  return {
    outcome: markup`<p class="outcome ${tone}"><span class="dot" aria-hidden="true"></span>${isOver ? 'ended' : 'watching'}</p>`,
    headline: markup`${screen?.headline ?? (isOver ? 'Nothing was watched.' : 'The watch is starting.')}`,
    answers: screen === null ? nothing : markup`<div class="${tone}">${answerDeck(screen)}</div>`,
    watched: watchedWords(view),
    missing: missingNote(view),
    notes: notes(view),
  };
}

function watchedWords({ startedAt, isOver, summary, groups }: WatchPage): Markup {
  const newest = groups.map(({ newest: [first] }) => first?.at ?? '').reduce((a, b) => (a > b ? a : b), '');
  const from = clockTime(summary?.from ?? startedAt);
  const since = summary !== null && isOver ? `From ${from} until ${clockTime(summary.to)}` : `Since ${from}`;
  return markup`${since}${newest !== '' && `; the last loss at ${clockTime(newest)}`}. ${summary !== null && connectionWords(summary.watched)}`;
}

function connectionWords({ connections, processes }: NonNullable<WatchPage['summary']>['watched']): string {
  if (connections === null) return 'How many connections are watched, no witness can tell.';
  const of = processes === null ? '' : ` of ${plural(processes, 'process', 'processes')}`;
  return `Watched: ${plural(connections, 'connection')}${of}.`;
}

const mostMissing = 30;

function missingNote({ missing }: WatchPage): Markup {
  if (missing.length === 0) return nothing;
  return markup`<div class="missing" role="note"><h2>What cannot be seen</h2><ul>${missing.slice(0, mostMissing).map((note) => markup`<li>${note.slice(0, 500)}</li>`)}</ul></div>`;
}

const mostGroups = 30;

function notes({ groups, summary, corrections }: WatchPage): Markup {
  const told = groups.reduce((sum, group) => sum + group.lost, 0);
  const lost = summary?.lost ?? 0;
  const said = [
    ...(lost > told
      ? [`${countText(lost - told)} more were counted, and came too fast to be explained one by one.`]
      : []),
    ...(groups.length > mostGroups ? [`${groups.length - mostGroups} more causes are not shown.`] : []),
    ...(corrections > 0 ? [`${plural(corrections, 'correction')} came too late to be shown here.`] : []),
  ];
  return markup`${said.map((note) => markup`<p class="lede">${note}</p>`)}`;
}

/** `05:14:33`, of a time stamp. */
const clockTime = (at: string): string => at.slice(11, 19);
