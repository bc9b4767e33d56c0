// The page of a matrix: the table of outcomes, then each run as a small picture of the same shape.
import type { FirstScreen } from '../../model/first-screen.ts';
import { firstScreenOfMatrix } from '../first-screen/of-matrix.ts';
import { matrixHeads, type PicturedCell, type ShownMatrix } from '../formats/format.ts';
import { runChanges } from '../run-title.ts';
import type { ClassView, RunView } from '../run-view.ts';
import { barPath, colourOf, stretched, unitsWide } from './chart.ts';
import { renderDocument } from './document.ts';
import { markup, type Insert, type Markup } from './markup.ts';
import { countText, durationText, plural } from './numbers.ts';
import { linearPercent } from './scale.ts';
import { answerDeck } from './sections/answer-deck.ts';

/** One self-contained page for all runs of a matrix. */
export function renderMatrixPage(matrix: ShownMatrix): string {
  const { scenario, cells, missing } = matrix;
  const screen = firstScreenOfMatrix(cells);
  const main = markup`<section id="heading">${heading(screen, matrix)}</section>
${missing.length > 0 && markup`<section id="missing"><div class="missing" role="note"><h2>What is missing</h2><ul>${missing.map((note) => markup`<li>${note}</li>`)}</ul></div></section>`}
<section id="outcomes"><h2>Outcomes</h2><p class="lede">Each run is the same world with one thing changed: a factor switched off, or a fix applied. What the resets need, and what cures them, is what makes the difference.</p>${outcomeTable(cells)}</section>
<section id="runs"><h2>Run by run</h2><p class="lede">A row per class over the run's time: answers as a band, resets as dots, and how many there were.</p><div class="cells">${cells.map(cellFigure)}</div></section>`;
  const top = markup`<strong>netdebug</strong> <span aria-hidden="true">·</span> ${scenario} <span aria-hidden="true">·</span> matrix of ${plural(cells.length, 'run')}`;
  return renderDocument({
    title: `${screen.headline} matrix of ${scenario} – netdebug`,
    top,
    main,
    live: false,
  });
}

function heading(screen: FirstScreen, { cells, missing }: ShownMatrix): Markup {
  const wrong = cells.filter(({ record, expected }) => record.verdict.outcome !== expected).length;
  const isWell = wrong === 0 && missing.length === 0;
  return markup`<header class="verdict ${isWell ? 'outcome-none' : 'outcome-inconclusive'}">
<p class="outcome"><span class="dot" aria-hidden="true"></span>${wrong === 0 ? 'as expected' : `${wrong} not as expected`}</p>
<h1>${screen.headline}</h1>
${answerDeck(screen)}</header>`;
}

function outcomeTable(cells: readonly PicturedCell[]): Markup {
  const factors = Object.keys(cells[0]?.record.factors ?? {});
  const classes = [...new Set(cells.flatMap(({ record }) => record.classes.map((one) => one.name)))];
  const heads = matrixHeads(factors, classes);
  return markup`<div class="scroll" tabindex="0" role="region" aria-label="Outcomes"><table class="matrix">
<thead><tr>${heads.map((head) => markup`<th scope="col" class="${head.startsWith('resets ') && 'number'}">${head}</th>`)}</tr></thead>
<tbody>${cells.map((cell) => markup`<tr>${tableCells(cell, factors, classes).map(({ content, kind }, index) => markup`<td class="${kind}" data-label="${heads[index]}">${content}</td>`)}</tr>`)}</tbody></table></div>`;
}

interface TableCell {
  readonly content: Insert;
  readonly kind: string;
}

function tableCells(
  { record, expected }: PicturedCell,
  factors: readonly string[],
  classes: readonly string[],
): TableCell[] {
  const { outcome } = record.verdict;
  const state = (name: string) => (record.factors[name] === true ? 'on' : 'off');
  const resets = (name: string) => record.classes.find((one) => one.name === name)?.resets ?? 0;
  const findings = record.findings.map((finding) => finding.cause).join(', ');
  return [
    ...factors.map((name) => ({ content: state(name), kind: state(name) })),
    { content: record.fix ?? '–', kind: '' },
    ...classes.map((name) => ({
      content: countText(resets(name)),
      kind: resets(name) > 0 ? 'number hit' : 'number',
    })),
    { content: markup`<span class="badge">${outcome}</span>`, kind: `verdict outcome-${outcome}` },
    { content: findings === '' ? '–' : findings, kind: '' },
    {
      content: outcome === expected ? 'yes' : markup`<span class="unexpected">no: ${expected}</span>`,
      kind: '',
    },
  ];
}

function cellFigure({ record, view, page }: PicturedCell): Markup {
  const { outcome } = record.verdict;
  const title = cellTitle(record);
  return markup`<article class="cell verdict outcome-${outcome}"><h3>${page === null ? title : markup`<a href="${page}">${title}</a>`}</h3>
<p class="meta"><span class="badge">${outcome}</span> · ${durationText(record.durationSeconds)}</p>
${view.classes.map((one, index) => cellRow(one, index, view))}</article>`;
}

function cellTitle(record: PicturedCell['record']): string {
  const setting = runChanges(record);
  return setting === '' ? 'as it is' : setting;
}

const height = 22;

function cellRow(one: ClassView, index: number, view: RunView): Markup {
  const most = Math.max(1, ...view.classes.flatMap((other) => other.columns.map((column) => column.answers)));
  const width = (unitsWide * view.columnSeconds) / view.seconds;
  const dots = view.episodes
    .filter((episode) => episode.class === one.name)
    .map(
      ({ start }) =>
        markup`<circle class="dot-reset" cx="${linearPercent((start - view.startedAt) / 1e6, 0, view.seconds)}%" cy="7" r="3.5"/>`,
    );
  return markup`<div class="cell-row ${colourOf(index)}"><span>${one.name}</span><svg class="plot" width="100%" height="${height}" role="img" aria-label="${one.name}: ${plural(one.answers, 'answer')}, ${plural(one.resets, 'reset')} in ${plural(dots.length, 'episode')}">
${stretched(
  { top: 4, height: height - 5 },
  markup`<path class="answers" d="${barPath(
    one.columns.map((column) => column.answers / most),
    width,
    height - 5,
  )}"/>`,
)}${dots}</svg><span class="number ${one.resets > 0 && 'hit'}">${countText(one.resets)}</span></div>`;
}
