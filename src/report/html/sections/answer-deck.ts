// What stands at the top of every page: what was lost, and of each who, why, the cure and what to type next. Of several the first is
// open and the others are folded to a line, so that the first is whole where a reader has not scrolled yet.
import type { FirstScreen, LossAnswer } from '../../../model/first-screen.ts';
import { noCure } from '../../first-screen/no-cure.ts';
import { plural } from '../numbers.ts';
import { markup, nothing, type Markup } from '../markup.ts';
import { commandBlock } from './command-block.ts';
import { surelySaid } from './sure-words.ts';

/** A colour for each tone, by the outcome that it is the colour of. */
export const toneClass: Readonly<Record<FirstScreen['tone'], string>> = {
  well: 'outcome-none',
  lost: 'outcome-both',
  unsure: 'outcome-inconclusive',
};

export const toneWords: Readonly<Record<FirstScreen['tone'], string>> = {
  well: 'nothing lost',
  lost: 'connections lost',
  unsure: 'not certain',
};

/** Beyond the first; what is left is further down. */
const mostFolded = 9;

/** Without the headline. */
export function answerDeck({ answers, next, expected }: FirstScreen): Markup {
  const [first, ...others] = answers;
  const left = others.length - mostFolded;
  const isEmpty = first === undefined && next === null && expected === null;
  if (isEmpty) return nothing;
  return markup`<div class="answers">
${
  first !== undefined &&
  markup`${others.length > 0 && markup`<p class="of-many"><strong>${first.what}</strong> <span>finding 1 of ${answers.length}</span></p>`}
${answerRows(first)}`
}
${others.slice(0, mostFolded).map(foldedAnswer)}
${left > 0 && markup`<p class="more">and ${plural(left, 'more finding')}, below</p>`}
${next !== null && markup`<dl class="answer">${nextRow(next)}</dl>`}
${expected !== null && markup`<p class="expected ${expected.met ? 'met' : 'unmet'}">${expected.words}</p>`}
</div>`;
}

function answerRows(answer: LossAnswer): Markup {
  const { who, why, cure, next } = answer;
  return markup`<dl class="answer">
<div class="who"><dt>Who</dt><dd>${surelySaid(who.words, who.certainty)}</dd></div>
<div class="why"><dt>Why</dt><dd>${surelySaid(why.words, why.certainty)}</dd></div>
<div class="cure"><dt>Cure</dt><dd>${cure === null ? noCure(answer) : surelySaid(cure.words, cure.proven === 'lab' ? 'proven' : 'not proven')}</dd></div>
${next !== null && nextRow(next)}
</dl>`;
}

const foldedAnswer = (answer: LossAnswer): Markup =>
  markup`<details class="other"><summary><strong>${answer.what}</strong> <span>${answer.why.words}</span></summary>${answerRows(answer)}</details>`;

const nextRow = ({ where, command }: NonNullable<FirstScreen['next']>): Markup =>
  markup`<div class="next"><dt>Next</dt><dd>${where !== null && markup`<p>${where}:</p>`}${commandBlock(command)}</dd></div>`;
