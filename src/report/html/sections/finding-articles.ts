// Why it happened: each cause with the lines that show it, how to see it by hand, and what cures it.
import { parseMicros, type Micros } from '../../../model/clock.ts';
import type { EvidenceItem, Finding, RunRecord } from '../../../model/run-record.ts';
import type { CatalogueEntry } from '../../../causes/cause-page.ts';
import { pageOf } from '../../../causes/index.ts';
import type { FixProof } from '../../fix-proof.ts';
import type { RunView } from '../../run-view.ts';
import { markup, nothing, type Markup } from '../markup.ts';
import { evidenceText } from '../../evidence-line.ts';
import { findingWords, type FindingWords } from '../../finding-words.ts';
import { plural, sinceText } from '../numbers.ts';
import { packetLadder } from './packet-ladder.ts';

const mostFindings = 50;
const mostEvidence = 100;
const longestText = 2_000;

/** What the articles need to know of where their findings come from. */
interface Origin {
  /** What times are counted from; null: from the loss, where its packets are known. */
  readonly startedAt: Micros | null;
  readonly record: RunRecord | null;
}

export function findingsSection(view: RunView, proofs: readonly FixProof[]): Markup {
  const { record } = view;
  if (record === null) return nothing;
  const { findings } = record;
  if (findings.length === 0) {
    return markup`<h2>Findings</h2><p class="lede">${record.classes.some((one) => one.resets > 0) ? 'The resets were not examined.' : 'No connection was reset, so there is nothing to explain.'}</p>${ownFix(record, proofs)}`;
  }
  return markup`${findingArticles(findings, view, proofs)}${ownFix(record, proofs)}`;
}

export function findingArticles(
  findings: readonly Finding[],
  origin: Origin,
  proofs: readonly FixProof[],
): Markup {
  const left = findings.length - mostFindings;
  return markup`<h2>${plural(findings.length, 'Finding', 'Findings')}</h2>
${findings.slice(0, mostFindings).map((finding, index) => findingArticle(finding, index, origin, proofs))}
${left > 0 && markup`<p>${plural(left, 'more finding')} in the record.</p>`}`;
}

function findingArticle(
  finding: Finding,
  index: number,
  origin: Origin,
  proofs: readonly FixProof[],
): Markup {
  const { cause, evidence } = finding;
  const entry = pageOf(cause);
  const words = findingWords(finding);
  return markup`<article class="finding" aria-labelledby="finding-${index}">
<h3 id="finding-${index}">${cause}</h3>
<p class="meta">${entry !== undefined && `${entry.title} · `}${words.headline}</p>
<p><strong>Who:</strong> ${cut(words.who)}</p>
<p><strong>Why:</strong> ${cut(words.why)}</p>
${packetLadder(finding, `finding ${index + 1}`)}
${exclusionList(words, index)}${possibleList(words)}${evidenceList(evidence, origin.startedAt ?? lossOf(finding))}${missingList(words)}
${entry !== undefined && confirmList(entry)}
${words.cures.length > 0 && markup`<h4>Cured by</h4><ul class="fixes">${words.cures.map((fix) => fixLine(fix, origin.record, entry, proofs))}</ul>`}
</article>`;
}

const lossOf = ({ ladder }: Finding): Micros | null =>
  ladder === undefined ? null : parseMicros(ladder.lostAt);

function evidenceList(evidence: readonly EvidenceItem[], startedAt: Micros | null): Markup {
  if (evidence.length === 0) return nothing;
  const left = evidence.length - mostEvidence;
  return markup`<h4>Evidence, for one of them</h4><ol class="evidence">${evidence.slice(0, mostEvidence).map((item) => evidenceLine(item, startedAt))}</ol>${left > 0 && markup`<p>${plural(left, 'more line')} in the record.</p>`}`;
}

/** Who else it could have been, and why it was not. */
function exclusionList({ excluded }: FindingWords, index: number): Markup {
  if (excluded.length === 0) return nothing;
  return markup`<details id="exclusions-${index}"><summary>Excluded</summary><table class="weights">
<thead><tr><th scope="col">not</th><th scope="col">because</th></tr></thead>
<tbody>${excluded.slice(0, mostEvidence).map(({ who, because }) => markup`<tr><td>${who}</td><td>${cut(because)}</td></tr>`)}</tbody></table></details>`;
}

function possibleList({ alsoPossible, nextBest }: FindingWords): Markup {
  if (alsoPossible.length > 0)
    return markup`<h4>Also possible</h4><ul class="plain">${alsoPossible.map((one) => markup`<li>${cut(one)}</li>`)}</ul>`;
  return nextBest === null ? nothing : markup`<h4>Next best</h4><p>${cut(nextBest)}</p>`;
}

function missingList({ missing: { label, first, more } }: FindingWords): Markup {
  if (first.length === 0) return nothing;
  return markup`<h4>${label}</h4><ul class="plain">${first.map((one) => markup`<li>${cut(one)}</li>`)}${more > 0 && markup`<li>and ${more} more</li>`}</ul>`;
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

function evidenceLine({ at, source, text, file }: EvidenceItem, startedAt: Micros | null): Markup {
  const moment = parseMicros(at);
  const time = Number.isNaN(moment) || startedAt === null ? at.slice(0, 40) : sinceText(moment, startedAt);
  return markup`<li><span class="when" title="${at.slice(0, 40)}">${time}</span><span class="source">${source}</span><code>${cut(evidenceText({ text }))}</code>${file !== null && markup`<span class="file">${file}</span>`}</li>`;
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
  const untried = record !== null && markup`<span class="proof">not tried here</span>${tryIt}`;
  const state = proof === undefined ? untried : proofBadge(proof);
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
