// The page of one run, as one self-contained file or, while the run lasts, as parts that replace those of the page that is open.
import { lostSentence } from '../../model/lost-output.ts';
import { missingSentences } from '../../model/missing-witness.ts';
import type { FixProof } from '../fix-proof.ts';
import { firstScreenOfRun } from '../first-screen/of-run.ts';
import { runTitle } from '../run-title.ts';
import type { RunView } from '../run-view.ts';
import { renderDocument } from './document.ts';
import { markup, nothing, type Markup } from './markup.ts';
import { clusterSection } from './sections/cluster-table.ts';
import { findingsSection } from './sections/finding-articles.ts';
import { headingSection, runLine } from './sections/heading.ts';
import { journeySection } from './sections/way-of-a-packet.ts';
import { latencySection } from './sections/latency-curves.ts';
import { ratesSection } from './sections/rates.ts';
import { timelineSection } from './sections/timeline.ts';

export interface PageOptions {
  /** What is known about fixes from this run and its neighbours. */
  readonly proofs?: readonly FixProof[];
  /** The page of a run that still lasts, which updates itself. */
  readonly live?: boolean;
}

/** The page of one run: HTML that fetches nothing. Its size depends on the picture, not on the number of events. */
export function renderPage(view: RunView, options: PageOptions = {}): string {
  const { top, ...sections } = pageParts(view, options);
  const setting = view.record === null ? 'run' : runTitle(view.record);
  const headline = view.record === null ? '' : `${firstScreenOfRun(view.record).headline} `;
  return renderDocument({
    title: `${headline}${setting} – netdebug`,
    top: top ?? nothing,
    main: markup`${Object.entries(sections).map(
      ([id, section]) => markup`<section id="${id}">${section}</section>
`,
    )}`,
    live: options.live === true,
  });
}

/** The inside of each part of the page, by the id of the element that it is in. */
export function renderParts(view: RunView, options: PageOptions = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(pageParts(view, options)).map(([id, part]) => [id, part.text]));
}

function pageParts(view: RunView, { proofs = [], live = false }: PageOptions): Record<string, Markup> {
  return {
    top: runLine(view),
    heading: headingSection(view, live),
    missing: missingSection(view),
    journey: journeySection(view),
    timeline: timelineSection(view),
    findings: findingsSection(view, proofs),
    rates: ratesSection(view.record),
    latency: latencySection(view),
    // A page that is open while the run lasts gets it at the end.
    ...(live || view.record?.cluster !== undefined ? { cluster: clusterSection(view.record) } : {}),
  };
}

const mostNotes = 30;

function missingSection({ missing, record }: RunView): Markup {
  const brokenOff =
    record?.complete === false ? ['The run was broken off; this is what there was until then.'] : [];
  const witnesses = missingSentences(record?.missingWitnesses ?? []);
  const lost = (record?.lostOutput ?? []).map(lostSentence);
  const all = [...brokenOff, ...witnesses, ...lost, ...missing];
  if (all.length === 0) return nothing;
  return markup`<div class="missing" role="note"><h2>What is missing</h2><ul>${all.slice(0, mostNotes).map((note) => markup`<li>${note.slice(0, 500)}</li>`)}</ul></div>`;
}
