// The episodes once more as a table, for paper, for screen readers, and to copy from.
import type { Episode, NodeChange, RunView } from '../../run-view.ts';
import { markup, nothing, type Markup } from '../markup.ts';
import { plural, sinceText } from '../numbers.ts';

const mostRows = 200;

export function episodeTable(view: RunView): Markup {
  const { episodes } = view;
  if (episodes.length === 0) return nothing;
  const changes = new Map(
    view.lanes.flatMap((lane) => lane.changes.map((change) => [change.id, { ...change, node: lane.node }])),
  );
  const shown = episodes.toSorted((a, b) => a.start - b.start).slice(0, mostRows);
  const left = episodes.length - shown.length;
  return markup`<details id="episodes"><summary>All episodes as a table</summary>
<div class="scroll" tabindex="0" role="region" aria-label="All episodes"><table>
<thead><tr><th scope="col">time</th><th scope="col">class</th><th scope="col" class="number">resets</th><th scope="col">changed just before</th></tr></thead>
<tbody>${shown.map((episode) => tableRow(episode, view, changes))}</tbody></table></div>
${left > 0 && markup`<p>${plural(left, 'more episode')} not listed.</p>`}</details>`;
}

function tableRow(
  episode: Episode,
  view: RunView,
  changes: ReadonlyMap<string, NodeChange & { readonly node: string }>,
): Markup {
  const before = episode.before.flatMap((id) => changes.get(id) ?? []);
  return markup`<tr><td class="number">${sinceText(episode.start, view.startedAt)}</td><td>${episode.class}</td><td class="number">${episode.resets}</td>
<td>${before.length === 0 ? 'nothing that was recorded' : before.map((change) => markup`<div>${leadText(change.at, episode)} on ${change.node}: <code>${change.text}</code></div>`)}</td></tr>`;
}

/** How long before the first reset. The clocks are the same, but each writer stamps when it gets to run. */
function leadText(at: number, { start }: Episode): string {
  const milliseconds = (start - at) / 1_000;
  return milliseconds < 1 ? 'at the same time' : `${milliseconds.toFixed(0)} ms before`;
}
