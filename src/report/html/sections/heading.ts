// What the reader came for: the verdict in one sentence, then what each class lived through.
import type { ClassSummary } from '../../../model/run-record.ts';
import { endedAs, endedList, kindsOf, type Ended } from '../../first-screen/ended-words.ts';
import { firstScreenOfRun } from '../../first-screen/of-run.ts';
import { runTitle } from '../../run-title.ts';
import type { RunView } from '../../run-view.ts';
import { colourOf } from '../chart.ts';
import { firstAnswerTexts } from '../../first-answer.ts';
import { answerDeck, toneClass, toneWords } from './answer-deck.ts';
import { markup, type Insert, type Markup } from '../markup.ts';
import { countText, durationText, latencyText, plural } from '../numbers.ts';

export function headingSection(view: RunView, live: boolean): Markup {
  const { record } = view;
  const screen = record === null ? null : firstScreenOfRun(record);
  return markup`<header class="verdict ${screen === null ? 'pending' : toneClass[screen.tone]}">
<p class="outcome"><span class="dot" aria-hidden="true"></span>${screen === null ? (live ? 'running' : 'no verdict') : toneWords[screen.tone]}</p>
<h1>${screen?.headline ?? (live ? 'The run is under way.' : 'There is no verdict for this run.')}</h1>
${screen === null ? markup`<p class="deck">${pendingText(view, live)}</p>` : answerDeck(screen)}
<ul class="tiles">${tiles(view)}</ul>
</header>`;
}

/** One line above everything: which run this is. */
export function runLine(view: RunView): Markup {
  const { record } = view;
  const parts: Insert[] = [markup`<strong>netdebug</strong>`];
  if (record === null) parts.push(durationText(view.seconds));
  else {
    parts.push(runTitle(record), startedText(record.startedAt), durationText(record.durationSeconds));
    if (record.speed !== 1) parts.push(`${record.speed}× faster than real`);
    if (!record.complete) parts.push('broken off');
  }
  return markup`${parts.map((part, index) => (index === 0 ? part : markup` <span aria-hidden="true">·</span> ${part}`))}`;
}

function startedText(startedAt: string): string {
  const match = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2})/.exec(startedAt);
  return match === null ? startedAt : `${match[1] ?? ''} ${match[2] ?? ''} UTC`;
}

function pendingText({ classes, seconds }: RunView, live: boolean): string {
  const resets = classes.reduce((sum, one) => sum + one.resets, 0);
  const answers = classes.reduce((sum, one) => sum + one.answers, 0);
  const counts = `${plural(resets, 'reset')} among ${plural(answers, 'answer')} in ${durationText(seconds)}`;
  return live ? `${counts} so far. The verdict comes with its end.` : `What was recorded shows ${counts}.`;
}

function tiles(view: RunView): Markup[] {
  const summaries = new Map(view.record?.classes.map((one) => [one.name, one]));
  return view.classes.map((one, index) => {
    const summary = summaries.get(one.name);
    const [most, ...others] = summary === undefined ? [] : kindsOf(endedOf(summary));
    const [kind, lost] = most ?? (['reset', one.resets] as const);
    const words = kind === 'reset' ? (lost === 1 ? 'reset' : 'resets') : endedAs[kind];
    return markup`<li class="tile ${colourOf(index)}"><h2>${one.name}</h2>
<p class="big ${lost > 0 && 'hit'}">${countText(lost)}<small> ${words}</small></p>
<p>${summary === undefined ? plural(one.answers, 'answer') : summaryText(summary, others)}</p></li>`;
  });
}

const endedOf = ({ resets, otherFailures }: ClassSummary): Ended => ({ ...otherFailures, reset: resets });

/** @param others How connections ended less often than in the way that stands above. */
function summaryText(one: ClassSummary, others: ReturnType<typeof kindsOf>): Markup {
  const isOfResets = one.resets > 0 && !others.some(([kind]) => kind === 'reset');
  return markup`${isOfResets && markup`in ${plural(one.episodes, 'episode')}<br>`}${one.answered === undefined ? plural(one.probes, 'probe') : plural(one.answered, 'answer')} on ${plural(one.connections, 'connection')}<br>median ${latencyText(one.latencyMs.p50)}${others.length > 0 && markup`<br>also ${endedList(Object.fromEntries(others)).join(', ')}`}${firstAnswerTexts(one).map((text) => markup`<br>${text}`)}`;
}
