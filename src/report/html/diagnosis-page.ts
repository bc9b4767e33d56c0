// The page of a diagnosis of anybody's evidence: how many were lost, who, why; then each finding, and what was read.
import type { DiagnosisRecord } from '../../model/diagnosis-record.ts';
import type { FirstScreen } from '../../model/first-screen.ts';
import { decidingWords } from '../diagnosis-words.ts';
import { firstScreenOfDiagnosis } from '../first-screen/of-diagnosis.ts';
import { renderDocument } from './document.ts';
import { markup, nothing, type Markup } from './markup.ts';
import { answerDeck, toneClass, toneWords } from './sections/answer-deck.ts';
import { commandBlock } from './sections/command-block.ts';
import { findingArticles } from './sections/finding-articles.ts';

/** One self-contained page. */
export function renderDiagnosisPage(diagnosis: DiagnosisRecord): string {
  const { findings, notes, paths } = diagnosis;
  const screen = firstScreenOfDiagnosis(diagnosis);
  const { headline, tone } = screen;
  const main = markup`<section id="heading"><header class="verdict ${toneClass[tone]}">
<p class="outcome"><span class="dot" aria-hidden="true"></span>${toneWords[tone]}</p>
<h1>${headline}</h1>
${answerDeck(screen)}
${decidingSection(diagnosis, screen)}</header></section>
<section id="findings">${findings.length > 0 && findingArticles(findings, { startedAt: null, record: null }, [])}</section>
<section id="read"><h2>What was read</h2><ul class="plain">${[...paths, ...notes].slice(0, mostNotes).map((note) => markup`<li>${note.slice(0, 500)}</li>`)}</ul></section>`;
  const top = markup`<strong>netdebug</strong> <span aria-hidden="true">·</span> diagnose`;
  const times = 'Times are counted from the loss, where its packets are known.';
  return renderDocument({
    title: `${headline.replace(/\.$/, '')} – netdebug`,
    top,
    main,
    live: false,
    times,
  });
}

const mostNotes = 200;

/** Where an answer has not said it already. */
function decidingSection({ toDecide }: DiagnosisRecord, { answers }: FirstScreen): Markup {
  if (toDecide === null || answers.some(({ next }) => next?.command === toDecide.command)) return nothing;
  return markup`<p class="need">${decidingWords(toDecide)}:</p>${commandBlock(toDecide.command)}`;
}
