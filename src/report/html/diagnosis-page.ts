// The page of a diagnosis of anybody's evidence: how many were lost, who, why; then each finding, and what was read.
import type { DiagnosisRecord } from '../../model/diagnosis-record.ts';
import { decidingWords, diagnosisHeadline, whoInAll, whyInAll } from '../diagnosis-words.ts';
import { findingWords } from '../finding-words.ts';
import { renderDocument } from './document.ts';
import { markup, nothing, type Markup } from './markup.ts';
import { findingArticles } from './sections/finding-articles.ts';

/** One self-contained page. */
export function renderDiagnosisPage(diagnosis: DiagnosisRecord): string {
  const { findings, notes, paths } = diagnosis;
  const headline = headlineOf(diagnosis);
  const isOpen = findings.some(({ cause }) => cause === 'unknown');
  const colour = findings.length === 0 ? 'none' : isOpen ? 'inconclusive' : 'both';
  const main = markup`<section id="heading"><header class="verdict outcome-${colour}">
<p class="outcome"><span class="dot" aria-hidden="true"></span>${findings.length === 0 ? 'nothing lost' : 'lost connections'}</p>
<h1>${headline}</h1>
${deck(diagnosis)}
${decidingSection(diagnosis)}</header></section>
<section id="findings">${findings.length > 0 && findingArticles(findings, { startedAt: null, record: null }, [])}</section>
<section id="read"><h2>What was read</h2><ul class="plain">${[...paths, ...notes].slice(0, mostNotes).map((note) => markup`<li>${note.slice(0, 500)}</li>`)}</ul></section>`;
  const top = markup`<strong>netdebug</strong> <span aria-hidden="true">·</span> diagnose`;
  const times = 'Times are counted from the loss, where its packets are known.';
  return renderDocument({ title: `${headline} – netdebug`, top, main, live: false, times });
}

const mostNotes = 200;

function headlineOf(diagnosis: DiagnosisRecord): string {
  const [only, another] = diagnosis.findings;
  return only !== undefined && another === undefined
    ? findingWords(only).headline
    : diagnosisHeadline(diagnosis);
}

function deck({ findings }: DiagnosisRecord): Markup {
  const [only, another] = findings;
  if (only === undefined) return nothing;
  const own = findingWords(only);
  const [who, why] = another === undefined ? [own.who, own.why] : [whoInAll(findings), whyInAll(findings)];
  return markup`<p class="deck">Who: ${who}</p><p class="deck">Why: ${why}</p>`;
}

function decidingSection({ toDecide }: DiagnosisRecord): Markup {
  if (toDecide === null) return nothing;
  return markup`<p class="need">${decidingWords(toDecide)}:</p><pre tabindex="0"><code>${toDecide.command}</code></pre>`;
}
