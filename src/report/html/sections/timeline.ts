// The whole run at one glance: a lane per class, a lane per source of evidence, and which change came before which episode.
import type { ClassView, Episode, LaneView, NodeChange, RunView } from '../../run-view.ts';
import { axis, barPath, colourOf, gridLines, mark, row, stretched, unitsWide } from '../chart.ts';
import { markup, nothing, type Markup } from '../markup.ts';
import { countText, durationText, plural, sinceText } from '../numbers.ts';
import { linearPercent, timeTicks, type Tick } from '../scale.ts';
import { changeNames, laneNames } from './lane-names.ts';
import { episodeTable } from './episode-table.ts';

const classHeight = 54;
const baseline = 40;
const evidenceHeight = 28;

export function timelineSection(view: RunView): Markup {
  const ticks = timeTicks(view.seconds, 8);
  const nodes = [...new Set(view.lanes.map((lane) => lane.node))];
  const most = Math.max(1, ...view.classes.flatMap((one) => one.columns.map((column) => column.answers)));
  return markup`<h2>Timeline</h2>
<p class="lede">Each dot is an episode: resets of one class so close together that they have one trigger. Point at one, tap it, or reach it
with Tab and the arrow keys, and what changed on the nodes just before lights up.</p>
${legend()}
<div class="lanes" data-lanes>
${view.classes.map((one, index) => classLane(one, index, view, ticks, most))}
${nodes.map(
  (node) =>
    markup`<h3 class="lane-group">${node}</h3>${view.lanes
      .filter((lane) => lane.node === node)
      .map((lane) => evidenceLane(lane, view, ticks))}`,
)}
${row(nothing, axis(ticks, durationText), 'axis-row')}
</div>
<div class="lane-detail" data-detail aria-live="polite"><p>${view.episodes.length === 0 ? 'No connection was reset in this run.' : 'No episode is chosen.'}</p></div>
${episodeTable(view)}`;
}

function legend(): Markup {
  const sign = (content: Markup) =>
    markup`<svg width="16" height="16" aria-hidden="true"><g transform="translate(8 8)">${content}</g></svg>`;
  return markup`<ul class="legend">
<li>${sign(markup`<rect class="answers" x="-7" y="-2" width="14" height="8"/>`)}answers</li>
<li>${sign(markup`<circle class="dot-reset" r="5"/>`)}episode of resets</li>
<li>${sign(markup`<line class="reconnect" x1="0" x2="0" y1="-5" y2="5"/>`)}reconnects</li>
<li>${sign(shapes.added)}added</li><li>${sign(shapes.deleted)}deleted</li><li>${sign(shapes.changed)}changed</li>
<li>${sign(markup`<rect class="counted" x="-6" y="-5" width="4" height="11"/><rect class="counted" x="0" y="0" width="4" height="6"/>`)}number of events</li>
</ul>`;
}

const shapes: Readonly<Record<NodeChange['change'], Markup>> = {
  added: markup`<path class="change added" d="M-4.5 4L0 -4.5L4.5 4Z"/>`,
  deleted: markup`<path class="change deleted" d="M-4.5 -4L0 4.5L4.5 -4Z"/>`,
  changed: markup`<path class="change changed" d="M-4 -4H4V4H-4Z"/>`,
};

function classLane(
  one: ClassView,
  index: number,
  view: RunView,
  ticks: readonly Tick[],
  most: number,
): Markup {
  const width = columnUnits(view);
  const answers = barPath(
    one.columns.map((column) => column.answers / most),
    width,
    16,
  );
  const tickMarks = (count: (column: ClassView['columns'][number]) => number) =>
    one.columns
      .map((column, at) => (count(column) > 0 ? `M${Math.round((at + 0.5) * width * 100) / 100} 0v8` : ''))
      .join('');
  const episodes = view.episodes.filter((episode) => episode.class === one.name);
  const reconnects = one.columns.reduce((sum, column) => sum + column.reconnects, 0);
  const others = one.columns.reduce((sum, column) => sum + column.otherFailures, 0);
  const counts = [
    plural(one.answers, 'answer'),
    plural(one.resets, 'reset'),
    plural(reconnects, 'reconnect'),
  ];
  if (others > 0) counts.push(plural(others, 'other failure'));
  const plot = markup`<svg class="lane" width="100%" height="${classHeight}" role="group" aria-label="${one.name}: ${counts.join(', ')}">
<rect class="pointing" width="100%" height="${classHeight}"/>
${gridLines(ticks, classHeight)}
${stretched({ top: baseline - 16, height: 16 }, markup`<path class="answers" d="${answers}"/>`)}
<line class="base" x1="0" x2="100%" y1="${baseline}" y2="${baseline}"/>
${stretched({ top: baseline + 3, height: 8 }, markup`<path class="reconnect" d="${tickMarks((column) => column.reconnects)}"/><path class="other" d="${tickMarks((column) => column.otherFailures)}"/>`)}
<line class="cursor" y1="0" y2="${classHeight}" x1="0" x2="0"/>
${episodes.map((episode, at) => episodeMark(episode, view, at === 0))}
</svg>`;
  return row(
    markup`<strong>${one.name}</strong><span>${counts.join(' · ')}</span>`,
    plot,
    `class-row ${colourOf(index)}`,
  );
}

function episodeMark(episode: Episode, view: RunView, first: boolean): Markup {
  const start = percentAt(episode.start, view);
  const radius = Math.min(view.episodes.length > 60 ? 4 : 8, 3.5 + Math.sqrt(episode.resets) * 0.9);
  const length = percentAt(episode.end, view) - start;
  const name = `${plural(episode.resets, 'reset')} of ${episode.class} at ${sinceText(episode.start, view.startedAt)}`;
  const bar =
    length > 2 && markup`<rect class="dot-reset" x="${start}%" y="11" width="${length}%" height="3"/>`;
  return markup`${bar}${mark(
    start,
    12,
    markup`<g class="episode" id="${episode.id}" role="button" tabindex="${first ? 0 : -1}" aria-label="${name}" data-x="${start}" data-before="${episode.before.join(' ')}"><line class="stem" y1="0" y2="${baseline - 12}"/><circle class="dot-reset" r="${Math.round(radius * 10) / 10}"/></g>`,
  )}`;
}

function evidenceLane(lane: LaneView, view: RunView, ticks: readonly Tick[]): Markup {
  const most = Math.max(1, ...lane.counts);
  const counted = lane.changes.length < lane.total;
  const bars =
    counted &&
    markup`<path class="counted" d="${barPath(
      lane.counts.map((count) => count / most),
      columnUnits(view),
      evidenceHeight - 8,
    )}"/>`;
  const name = laneNames[lane.kind];
  const plot = markup`<svg class="lane" width="100%" height="${evidenceHeight}" role="img" aria-label="${name} on ${lane.node}: ${countText(lane.total)}">
${gridLines(ticks, evidenceHeight)}
${stretched({ top: 6, height: evidenceHeight - 8 }, [presence(lane, view), bars === false ? nothing : bars])}
<line class="base" x1="0" x2="100%" y1="${evidenceHeight - 2}" y2="${evidenceHeight - 2}"/>
<line class="cursor" y1="0" y2="${evidenceHeight}" x1="0" x2="0"/>
${lane.changes.map((change) => changeMark(change, lane, view))}
</svg>`;
  return row(
    markup`<span>${name}</span><span class="count">${countText(lane.total)}</span>`,
    plot,
    'evidence-row',
  );
}

function changeMark(change: NodeChange, lane: LaneView, view: RunView): Markup {
  const percent = percentAt(change.at, view);
  const text = `${sinceText(change.at, view.startedAt)}  ${lane.node}: ${changeNames[lane.kind]} ${change.change}: ${change.text}`;
  return mark(
    percent,
    change.change === 'deleted' ? 9 : 17,
    markup`<g class="change-mark" id="${change.id}" data-x="${percent}" data-text="${text}"><title>${text}</title>${shapes[change.change]}</g>`,
  );
}

/** Where a rule that comes and goes stood, if all changes of the lane are of one rule. */
function presence(lane: LaneView, view: RunView): Markup {
  const [first] = lane.changes;
  if (lane.kind !== 'rule' || first === undefined || lane.changes.length < lane.total) return nothing;
  const alternate = lane.changes.every(
    ({ change }, index) => index === 0 || change !== lane.changes[index - 1]?.change,
  );
  if (!alternate) return nothing;
  let path = '';
  let from = first.change === 'deleted' ? 0 : null;
  for (const { at, change } of [...lane.changes, null].map(
    (one) => one ?? { at: view.startedAt + view.seconds * 1e6, change: 'deleted' },
  )) {
    const x = percentAt(at, view) * (unitsWide / 100);
    if (change === 'added') from = x;
    else if (from !== null) {
      path += `M${from} 5H${x}V9H${from}Z`;
      from = null;
    }
  }
  return markup`<path class="stands" d="${path}"/>`;
}

const percentAt = (at: number, view: RunView) => linearPercent((at - view.startedAt) / 1e6, 0, view.seconds);

const columnUnits = (view: RunView) => (unitsWide * view.columnSeconds) / view.seconds;
