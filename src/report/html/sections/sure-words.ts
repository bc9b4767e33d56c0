// Words that say how sure they are, set so that a glance finds both: the name, and its certainty as a mark of its own shape. The words
// stay whole: the signs between them are not drawn, and are there for whoever listens, searches or copies.
import { markup, type Insert, type Markup } from '../markup.ts';

/** The marks of page.css: how sure. */
type Sure = 'proven' | 'likely' | 'open' | 'not proven';

interface Parts {
  readonly name: string;
  /** With the signs before and behind it. */
  readonly sure: readonly [before: string, certainty: string, behind: string];
  readonly rest: string;
  readonly end: string;
}

/**
 * `X (proven): why` with the name strong, the certainty marked, and the rest on lines of its own.
 * @param sure Null where nobody said.
 */
export function surelySaid(words: string, sure: Sure | null): Markup {
  const {
    name,
    sure: [before, certainty, behind],
    rest,
    end,
  } = partsOf(words, sure);
  const mark = (sure ?? '').replace(' ', '-');
  return markup`${name !== '' && markup`<strong>${name}</strong>`}${sign(before)}${certainty !== '' && markup`<span class="sure ${mark}">${certainty}</span>`}${sign(behind)}${rest !== '' && markup`<span class="rest">${rest}${sign(end)}</span>`}`;
}

const sign = (text: string): Insert => text !== '' && markup`<span class="sign">${text}</span>`;

/** `X (likely; or Y)`, `X (proven in the lab): how`, `open: A or B`; of what nobody said how sure it is, `X: why`. */
function partsOf(words: string, sure: Sure | null): Parts {
  if (sure !== null && (words === sure || words.startsWith(`${sure}: `))) {
    const rest = words.slice(sure.length + 2);
    return { name: '', sure: ['', sure, rest === '' ? '' : ': '], rest, end: '' };
  }
  const from = sure === null ? -1 : words.indexOf(` (${sure}`);
  const name = words.slice(0, Math.max(0, from));
  const beside = /^ \(([^;)]+)(; )(.+)\)$/.exec(words.slice(name.length));
  const behind = /^ \(([^;)]+)(\): |\)$)(.*)$/.exec(words.slice(name.length));
  const [, certainty, signs = '', rest = ''] = beside ?? behind ?? [];
  if (from >= 0 && certainty !== undefined)
    return { name, sure: [' (', certainty, signs], rest, end: beside === null ? '' : ')' };
  const [first = '', ...others] = words.split(': ');
  const colon = others.length === 0 ? '' : ': ';
  return { name: first, sure: ['', '', colon], rest: others.join(': '), end: '' };
}
