// The first screen as Markdown, which stands at the top: who opens a ticket reads from there.
import type { FirstScreen, LossAnswer } from '../../model/first-screen.ts';
import { code, fenced, prose } from '../markdown-text.ts';
import { noCure } from './no-cure.ts';

/** Blocks, the first of them the title. */
export function answerBlocks({ headline, answers, next, expected }: FirstScreen): string[][] {
  return [
    [`# ${prose(headline)}`],
    ...answers.flatMap((answer) => answerBlock(answer, answers.length > 1)),
    ...(next === null ? [] : [nextLines(next)]),
    ...(expected === null ? [] : [[`**${prose(expected.words)}**`]]),
  ];
}

function answerBlock(answer: LossAnswer, isOneOfMany: boolean): string[][] {
  const { what, who, why, cure, next } = answer;
  const [nextLine = '', ...command] = next === null ? [] : nextLines(next);
  return [
    ...(isOneOfMany ? [[`${prose(what)}:`]] : []),
    [
      `- **Who:** ${prose(who.words)}`,
      `- **Why:** ${prose(why.words)}`,
      `- **Cure:** ${prose(cure?.words ?? noCure(answer))}`,
      ...(nextLine === '' ? [] : [`- ${nextLine}`]),
    ],
    command,
  ];
}

/** A command that is typed elsewhere is long, and has lines of its own to be copied from. */
function nextLines({ where, command }: NonNullable<FirstScreen['next']>): string[] {
  if (where === null) return [`**Next:** ${code(command)}`];
  return [`**Next,** ${prose(where)}:`, ...fenced([command])];
}
