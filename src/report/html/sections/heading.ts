// What the reader came for: the verdict in one sentence, then what each class lived through.
import type { ClassSummary, Outcome, RunRecord } from '../../../model/run-record.ts';
import { runTitle } from '../../run-title.ts';
import type { RunView } from '../../run-view.ts';
import { colourOf } from '../chart.ts';
import { firstAnswerTexts } from '../../first-answer.ts';
import { markup, type Insert, type Markup } from '../markup.ts';
import { countText, durationText, latencyText, plural } from '../numbers.ts';

const headlines: Readonly<Record<Outcome, string>> = {
  'co-located-only': 'Same-node connections are reset; cross-node connections are not.',
  'remote-only': 'Cross-node connections are reset; same-node connections are not.',
  both: 'Same-node and cross-node connections are both reset.',
  none: 'Neither same-node nor cross-node connections are reset.',
  inconclusive: 'It is not decided yet whether connections are reset.',
};

export function headingSection(view: RunView, live: boolean): Markup {
  const { record } = view;
  return markup`<header class="verdict ${record === null ? 'pending' : `outcome-${record.verdict.outcome}`}">
<p class="outcome"><span class="dot" aria-hidden="true"></span>${record?.verdict.outcome ?? (live ? 'running' : 'no verdict')}</p>
<h1>${headline(record, live)}</h1>
${record === null ? markup`<p class="deck">${pendingText(view, live)}</p>` : markup`<p class="deck">${record.verdict.sentence}</p>`}
${needText(record)}
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

function headline(record: RunRecord | null, live: boolean): string {
  if (record !== null) return headlines[record.verdict.outcome];
  return live ? 'The run is under way.' : 'There is no verdict for this run.';
}

function pendingText({ classes, seconds }: RunView, live: boolean): string {
  const resets = classes.reduce((sum, one) => sum + one.resets, 0);
  const answers = classes.reduce((sum, one) => sum + one.answers, 0);
  const counts = `${plural(resets, 'reset')} among ${plural(answers, 'answer')} in ${durationText(seconds)}`;
  return live ? `${counts} so far. The verdict comes with its end.` : `What was recorded shows ${counts}.`;
}

function needText(record: RunRecord | null): Markup | null {
  const need = record?.verdict.basis?.needSeconds ?? null;
  if (record?.verdict.outcome !== 'inconclusive' || need === null) return null;
  const total = Math.ceil(record.durationSeconds + need);
  return markup`<p class="need">What to do: run it for at least ${durationText(total)}, with <code>--duration ${total}s</code>.</p>`;
}

function tiles(view: RunView): Markup[] {
  const summaries = new Map(view.record?.classes.map((one) => [one.name, one]));
  return view.classes.map((one, index) => {
    const summary = summaries.get(one.name);
    return markup`<li class="tile ${colourOf(index)}"><h2>${one.name}</h2>
<p class="big ${one.resets > 0 && 'hit'}">${countText(summary?.resets ?? one.resets)}<small> ${(summary?.resets ?? one.resets) === 1 ? 'reset' : 'resets'}</small></p>
<p>${summary === undefined ? plural(one.answers, 'answer') : summaryText(summary)}</p></li>`;
  });
}

function summaryText(one: ClassSummary): Markup {
  const others = Object.entries(one.otherFailures).filter(([, count]) => count > 0);
  return markup`${one.resets > 0 && markup`in ${plural(one.episodes, 'episode')}<br>`}${plural(one.probes, 'probe')} on ${plural(one.connections, 'connection')}<br>median ${latencyText(one.latencyMs.p50)}${others.length > 0 && markup`<br>also ${others.map(([kind, count]) => `${count} ${kind}`).join(', ')}`}${firstAnswerTexts(one).map((text) => markup`<br>${text}`)}`;
}
