// Why it happened: each cause with the lines that show it, how to see it by hand, and what cures it.
import { parseMicros } from '../../../model/clock.ts';
import type { EvidenceItem, Finding, RunRecord } from '../../../model/run-record.ts';
import { authorWords } from '../../../model/author.ts';
import type { CatalogueEntry } from '../../../causes/cause-page.ts';
import { pageOf } from '../../../causes/index.ts';
import type { FixProof } from '../../fix-proof.ts';
import type { RunView } from '../../run-view.ts';
import { markup, nothing, type Markup } from '../markup.ts';
import { sureness } from '../../finding-text.ts';
import { plural, sinceText } from '../numbers.ts';

const mostFindings = 50;
const mostEvidence = 100;
const longestText = 2_000;

export function findingsSection(view: RunView, proofs: readonly FixProof[]): Markup {
  const { record } = view;
  if (record === null) return nothing;
  const { findings } = record;
  if (findings.length === 0) {
    return markup`<h2>Findings</h2><p class="lede">${record.classes.some((one) => one.resets > 0) ? 'The resets were not examined.' : 'No connection was reset, so there is nothing to explain.'}</p>${ownFix(record, proofs)}`;
  }
  const left = findings.length - mostFindings;
  return markup`<h2>${plural(findings.length, 'Finding', 'Findings')}</h2>
${findings.slice(0, mostFindings).map((finding, index) => findingArticle(finding, index, view, proofs))}
${left > 0 && markup`<p>${plural(left, 'more finding')} in run.json.</p>`}${ownFix(record, proofs)}`;
}

function findingArticle(finding: Finding, index: number, view: RunView, proofs: readonly FixProof[]): Markup {
  const { cause, author, certainty, classes, connections, sentence, evidence, missing } = finding;
  const entry = pageOf(cause);
  return markup`<article class="finding" aria-labelledby="finding-${index}">
<h3 id="finding-${index}">${cause}</h3>
<p class="meta">${entry !== undefined && `${entry.title} · `}explains ${plural(connections, 'lost connection')} of ${classes.join(', ')}${sureness(finding)}${author !== 'unknown' && ` · ended by ${authorWords[author]}${certainty !== undefined && ` (${certainty.author})`}`}</p>
<p>${cut(sentence)}</p>
${evidenceList(evidence, view)}${exclusionList(finding, index)}${rivalList(finding)}
${missing.length > 0 && markup`<h4>Not collected, and would have helped</h4><ul class="plain">${missing.map((one) => markup`<li>${cut(one)}</li>`)}</ul>`}
${entry !== undefined && confirmList(entry)}
${finding.fixes.length > 0 && markup`<h4>Cured by</h4><ul class="fixes">${finding.fixes.map((fix) => fixLine(fix, view.record, entry, proofs))}</ul>`}
</article>`;
}

function evidenceList(evidence: readonly EvidenceItem[], view: RunView): Markup {
  if (evidence.length === 0) return nothing;
  const left = evidence.length - mostEvidence;
  return markup`<h4>Evidence, for one of them</h4><ol class="evidence">${evidence.slice(0, mostEvidence).map((item) => evidenceLine(item, view))}</ol>${left > 0 && markup`<p>${plural(left, 'more line')} in run.json.</p>`}`;
}

/** Who else it could have been, and why it was not. */
function exclusionList({ exclusions }: Finding, index: number): Markup {
  if (exclusions.length === 0) return nothing;
  const byReason = Map.groupBy(exclusions.slice(0, mostEvidence), ({ because }) => because);
  return markup`<details id="exclusions-${index}"><summary>Why it was nobody else</summary><table class="weights">
<thead><tr><th scope="col">not</th><th scope="col">because</th><th scope="col">by</th></tr></thead>
<tbody>${[...byReason].map(([because, own]) => markup`<tr><td>${own.map(({ author }) => authorWords[author]).join(', ')}</td><td>${cut(because)}</td><td>${own[0]?.basis ?? ''}</td></tr>`)}</tbody></table></details>`;
}

function rivalList({ rivals, against }: Finding): Markup {
  if (rivals.length > 0)
    return markup`<h4>Not excluded</h4><ul class="plain">${rivals.map(({ cause, because }) => markup`<li>${cause}: ${cut(because)}</li>`)}</ul>`;
  if (against === null || against === undefined || against.because.length === 0) return nothing;
  return markup`<h4>Next best: ${against.cause}</h4><p>Against it: ${cut(against.because.join('; '))}.</p>`;
}

function confirmList({ howToConfirm, id }: CatalogueEntry): Markup {
  if (howToConfirm.length === 0) return nothing;
  return markup`<h4>${id === 'unknown' ? 'Look closer by hand' : 'Confirm it by hand'}</h4><ol class="by-hand">${howToConfirm.map(
    ({ where, run, whenItIs }) =>
      markup`<li><span>${placeText(where)}:</span><pre tabindex="0"><code>${run}</code></pre><span class="expect">If it is this: ${whenItIs}</span></li>`,
  )}</ol><p class="meta">Capitals stand for what is yours; <code>netdebug explain ${id}</code> says more.</p>`;
}

function placeText(where: string): string {
  if (where.startsWith('anywhere')) return 'Anywhere with kubectl';
  return `${where.endsWith('node') ? 'On' : 'In'} ${where}`;
}

const cut = (text: string): string => (text.length > longestText ? `${text.slice(0, longestText)} …` : text);

function evidenceLine({ at, source, text, file }: EvidenceItem, view: RunView): Markup {
  const moment = parseMicros(at);
  const time = Number.isNaN(moment) ? at.slice(0, 40) : sinceText(moment, view.startedAt);
  return markup`<li><span class="when" title="${at.slice(0, 40)}">${time}</span><span class="source">${source}</span><code>${cut(text).replace(/\s+/g, ' ')}</code>${file !== null && markup`<span class="file">${file}</span>`}</li>`;
}

function fixLine(
  fix: string,
  record: RunRecord | null,
  entry: CatalogueEntry | undefined,
  proofs: readonly FixProof[],
): Markup {
  const proof = proofs.find((one) => one.fix === fix);
  const known = entry?.fixes.find((one) => one.name === fix);
  const tryIt =
    record?.kind === 'lab' &&
    record.scenario !== null &&
    markup` Try it: <code>netdebug lab run ${record.scenario} --fix ${fix}</code>`;
  const state =
    proof === undefined ? markup`<span class="proof">not tried here</span>${tryIt}` : proofBadge(proof);
  return markup`<li><strong>${fix}</strong> ${state}${known !== undefined && markup`<p>${known.whatToDo}</p>`}</li>`;
}

/** A run with a fix has no finding left to list it under. */
function ownFix(record: RunRecord, proofs: readonly FixProof[]): Markup {
  const proof = proofs.find((one) => one.by === 'run' && one.fix === record.fix);
  return proof === undefined
    ? nothing
    : markup`<p>This run had the fix <strong>${proof.fix}</strong>: ${proofBadge(proof)}</p>`;
}

function proofBadge({ works, by, outcome }: FixProof): Markup {
  const who = by === 'run' ? 'this run' : 'the matrix';
  if (works) return markup`<span class="proof proved">proved by ${who}</span>`;
  return markup`<span class="proof">${outcome === 'inconclusive' ? `tried by ${who}, not decided` : `did not help in ${who}: ${outcome}`}</span>`;
}
