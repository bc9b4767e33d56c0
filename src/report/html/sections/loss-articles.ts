// The losses of one cause on the page of a watched node: the newest of them, each to be opened. While it lasts each piece of it that
// changes by itself is sent by itself.
import { pageOf } from '../../../causes/index.ts';
import { authorWords } from '../../../model/author.ts';
import { formatEndpoint } from '../../../model/endpoint.ts';
import type { LossGroup } from '../../../model/watch-view.ts';
import type { WatchEnd, WatchLoss } from '../../../model/watch-record.ts';
import { clientInFull, serverName } from '../../watch-ends.ts';
import { howItEnded, whoWords, whyWords } from '../../watch-text.ts';
import type { LadderSource } from '../../ladder-rows.ts';
import { markup, nothing, type Markup } from '../markup.ts';
import { countText, plural } from '../numbers.ts';
import { packetLadder } from './packet-ladder.ts';

const longestText = 1_000;
const mostLines = 30;

/** Where the page takes it from a file that no script unfolds, `isFolded` is false. */
export function lossGroup(group: LossGroup, isFolded: boolean): Markup {
  const newest = group.newest.map(
    (loss) =>
      markup`<li id="${itemId(loss)}">${isFolded ? foldedLoss(loss) : lossDetails(loss, lossBody(loss))}</li>`,
  );
  const pieces = { count: countOf(group), newest, earlier: earlierWords(group) };
  return markup`<div id="${groupId(group)}">${groupFrame(group.cause, pieces)}</div>`;
}

/** The same as pieces: markup by the id of the element that it is the inside of, and ids of the elements that a list holds. */
export function lossGroupParts(group: LossGroup): Record<string, string | readonly string[]> {
  const { cause, newest } = group;
  return {
    [groupId(group)]: groupFrame(cause).text,
    [`count-${cause}`]: countOf(group).text,
    [`newest-${cause}`]: newest.map(itemId),
    ...Object.fromEntries(newest.map((loss) => [itemId(loss), foldedLoss(loss).text])),
    [`earlier-${cause}`]: earlierWords(group).text,
  };
}

export const groupId = ({ cause }: Pick<LossGroup, 'cause'>): string => `group-${cause}`;
const itemId = ({ id }: WatchLoss): string => `item-${id}`;

interface GroupPieces {
  readonly count: Markup;
  readonly newest: readonly Markup[];
  readonly earlier: Markup;
}

const noPieces: GroupPieces = { count: nothing, newest: [], earlier: nothing };

/** What of it stays, whatever is lost. */
function groupFrame(cause: string, { count, newest, earlier }: GroupPieces = noPieces): Markup {
  const entry = pageOf(cause);
  const id = `cause-${cause}`;
  return markup`<article class="finding" aria-labelledby="${id}">
<h3 id="${id}">${cause} <small id="count-${cause}">${count}</small></h3>
<p class="meta">${entry !== undefined && `${entry.title} · `}<code>netdebug explain ${cause}</code></p>
<ul class="losses" id="newest-${cause}">${newest}</ul>
<p class="meta" id="earlier-${cause}">${earlier}</p>
</article>`;
}

const countOf = ({ lost }: LossGroup): Markup => markup`×${countText(lost)}`;

function earlierWords({ lost, newest }: LossGroup): Markup {
  const left = lost - newest.length;
  return left > 0 ? markup`and ${plural(left, 'earlier one', 'earlier ones')}` : nothing;
}

const folded = new WeakMap<WatchLoss, Markup>();

/** Made once of each. What it opens into is no part of the document until somebody opens it: assets/live.mjs takes it out. */
function foldedLoss(loss: WatchLoss): Markup {
  const known = folded.get(loss);
  if (known !== undefined) return known;
  const made = lossDetails(loss, markup`<template>${lossBody(loss)}</template>`);
  folded.set(loss, made);
  return made;
}

function lossDetails(loss: WatchLoss, body: Markup): Markup {
  const { id, at, ends } = loss;
  return markup`<details id="loss-${id}"><summary><span class="when">${at.slice(11, 23)}</span> ${clientInFull(ends)} → ${serverName(ends)} <strong>${endOf(loss)}</strong></summary>
${body}</details>`;
}

function lossBody(loss: WatchLoss): Markup {
  const { id, at, author, episode, exclusions, rivals, revision, ends } = loss;
  const ladder = packetLadder(ladderSource(loss), `the loss at ${at.slice(11, 23)}`);
  return markup`<p><strong>Who:</strong> ${cut(whoWords(loss))} (${author.certainty})</p>
<p><strong>Why:</strong> ${cut(whyWords(loss))} (${loss.cause.certainty})</p>
${ladder === nothing ? markup`<p class="meta">Its last packets are not shown: none were captured, or it is explained by others that ended alike.</p>` : ladder}
<dl class="facts">${endLine('Client', ends.client)}${endLine('Server', ends.server)}${endLine('Behind the Service', ends.backend)}</dl>
${exclusions.length > 0 && markup`<h4>Excluded</h4><ul class="plain">${exclusions.slice(0, mostLines).map((one) => markup`<li>not ${authorWords[one.author]}: ${cut(one.because)}</li>`)}</ul>`}
${rivals.length > 0 && markup`<h4>Also possible</h4><ul class="plain">${rivals.slice(0, mostLines).map((one) => markup`<li>${one.cause}: ${cut(one.because)}</li>`)}</ul>`}
${exclusions.length + rivals.length === 0 && markup`<p class="meta">Nobody else was excluded for it by itself, and no other cause is named.</p>`}
<p class="meta">${revision > 1 && `Corrected ${plural(revision - 1, 'time')} by later evidence. `}${episode !== null && `Episode ${episode}: losses with the same have one trigger. `}Id ${id}</p>`;
}

/** In the words of a finding. */
const ladderSource = ({ author, cause, ladder, lastMoments }: WatchLoss): LadderSource => ({
  ...(ladder === undefined ? {} : { ladder }),
  ...(lastMoments === undefined ? {} : { lastMoments }),
  author: author.id,
  certainty: { author: author.certainty, cause: cause.certainty },
});

/** As the terminal says it of several. */
function endOf(shown: WatchLoss): string {
  const { ageMs, idleMs, unanswered } = shown;
  const span = (value: number | null) => (value === null ? null : ([value, value] as const));
  return howItEnded({ shown, ageMs: span(ageMs), idleMs: span(idleMs), unanswered: span(unanswered) });
}

const addressOf = ({ address, port }: WatchEnd): string =>
  port === null ? address : formatEndpoint({ address, port });

function endLine(label: string, end: WatchEnd | null): Markup {
  if (end === null) return nothing;
  const { process } = end;
  const parts = [
    ...(end.service === null ? [] : [`Service ${end.service}`]),
    ...(end.pod === null ? [] : [`pod ${end.pod}`]),
    ...(process === null
      ? []
      : [
          `${process.command ?? 'a process'}${process.pid === null ? '' : ` (pid ${process.pid})`}`,
          ...(process.container === null ? [] : [`container ${process.container}`]),
        ]),
  ];
  return markup`<div><dt>${label}</dt><dd>${addressOf(end)}${parts.length > 0 && `: ${cut(parts.join(', '))}`}</dd></div>`;
}

const cut = (text: string): string => (text.length > longestText ? `${text.slice(0, longestText)} …` : text);
