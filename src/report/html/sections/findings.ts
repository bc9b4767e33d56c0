// Why it happened: each cause with the lines that show it, how to see it by hand, and what cures it.
import { parseMicros } from '../../../model/clock.ts';
import type { EvidenceItem, Finding, RunRecord } from '../../../model/run-record.ts';
import { confirmByHand } from '../../confirm-by-hand.ts';
import type { FixProof } from '../../fix-proof.ts';
import type { RunView } from '../../run-view.ts';
import { html, nothing } from '../markup.ts';
import type { Markup } from '../markup.ts';
import { percentText, plural, sinceText } from '../numbers.ts';

const mostFindings = 50;
const mostEvidence = 100;
const longestText = 2_000;

export function findingsSection(view: RunView, proofs: readonly FixProof[]): Markup {
  const { record } = view;
  if (record === null) return nothing;
  const { findings } = record;
  if (findings.length === 0) {
    return html`<h2>Findings</h2><p class="lede">${record.classes.some((one) => one.resets > 0) ? 'The resets were not examined.' : 'No connection was reset, so there is nothing to explain.'}</p>${ownFix(record, proofs)}`;
  }
  const left = findings.length - mostFindings;
  return html`<h2>${plural(findings.length, 'Finding', 'Findings')}</h2>
${findings.slice(0, mostFindings).map((finding, index) => findingArticle(finding, index, view, proofs))}
${left > 0 && html`<p>${plural(left, 'more finding')} in run.json.</p>`}${ownFix(record, proofs)}`;
}

function findingArticle(finding: Finding, index: number, view: RunView, proofs: readonly FixProof[]): Markup {
  const { cause, confidence, classes, connections, sentence, evidence } = finding;
  const byHand = confirmByHand[cause];
  return html`<article class="finding" aria-labelledby="finding-${index}">
<h3 id="finding-${index}">${cause}</h3>
<p class="meta">explains ${plural(connections, 'reset')} of ${classes.join(', ')}${cause !== 'unknown' && html` · confidence ${percentText(confidence)}`}</p>
<p>${sentence.slice(0, longestText)}</p>
${evidence.length > 0 && html`<h4>Evidence, for one of them</h4><ol class="evidence">${evidence.slice(0, mostEvidence).map((item) => evidenceLine(item, view))}</ol>
${evidence.length > mostEvidence && html`<p>${plural(evidence.length - mostEvidence, 'more line')} in run.json.</p>`}`}
${byHand.length > 0 && html`<h4>Confirm it by hand</h4><ol class="by-hand">${byHand.map(({ why, command }) => html`<li><span>${why}</span><pre tabindex="0"><code>${command}</code></pre></li>`)}</ol>`}
${finding.fixes.length > 0 && html`<h4>Cured by</h4><ul class="fixes">${finding.fixes.map((fix) => fixLine(fix, view.record, proofs))}</ul>`}
</article>`;
}

function evidenceLine({ at, source, text, file }: EvidenceItem, view: RunView): Markup {
  const moment = parseMicros(at);
  const time = Number.isNaN(moment) ? at.slice(0, 40) : sinceText(moment, view.startedAt);
  return html`<li><span class="when" title="${at.slice(0, 40)}">${time}</span><span class="source">${source}</span><code>${text.slice(0, longestText).replace(/\s+/g, ' ')}</code>${file !== null && html`<span class="file">${file}</span>`}</li>`;
}

function fixLine(fix: string, record: RunRecord | null, proofs: readonly FixProof[]): Markup {
  const proof = proofs.find((one) => one.fix === fix);
  const tryIt = record?.kind === 'lab' && record.scenario !== null && html` Try it: <code>netdebug lab run ${record.scenario} --fix ${fix}</code>`;
  return html`<li><strong>${fix}</strong> ${proof === undefined ? html`<span class="proof">not tried here</span>${tryIt}` : proofBadge(proof)}</li>`;
}

/** A run with a fix has no finding left to list it under. */
function ownFix(record: RunRecord, proofs: readonly FixProof[]): Markup {
  const proof = proofs.find((one) => one.by === 'run' && one.fix === record.fix);
  return proof === undefined ? nothing : html`<p>This run had the fix <strong>${proof.fix}</strong>: ${proofBadge(proof)}</p>`;
}

function proofBadge({ works, by, outcome }: FixProof): Markup {
  const who = by === 'run' ? 'this run' : 'the matrix';
  if (works) return html`<span class="proof proved">proved by ${who}</span>`;
  return html`<span class="proof">${outcome === 'inconclusive' ? `tried by ${who}, not decided` : `did not help in ${who}: ${outcome}`}</span>`;
}
