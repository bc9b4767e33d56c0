// How text is set where it is read: as wide as the terminal, in colours where it takes them.
import { styleText } from 'node:util';
import type { Certainty } from '../model/certainty.ts';
import type { FirstScreen } from '../model/first-screen.ts';

export interface TextStyle {
  /** No line is longer, as far as its words allow; infinite where lines are not broken. */
  readonly columns: number;
  /** Whether the terminal takes colours. */
  readonly colours: boolean;
  /** What is typed to start this program. */
  readonly program: string;
}

/** For files, pipes and whoever asks for nothing else: lines are whole. */
export const plainStyle: TextStyle = { columns: Infinity, colours: false, program: 'netdebug' };

/** Wide enough for a sentence, whatever the terminal. */
export const mostColumns = 108;

/** Of prose: a sentence is hard to read when it is wider. */
export const proseColumns = ({ columns }: TextStyle): number =>
  columns === Infinity ? columns : Math.min(columns, mostColumns);

type Look = FirstScreen['tone'] | Certainty | 'heading' | 'cause' | 'cure';

/** What is marked, and how. */
const looks: Readonly<Record<Look, Parameters<typeof styleText>[0]>> = {
  heading: ['bold'],
  lost: ['bold', 'red'],
  unsure: ['bold', 'yellow'],
  well: ['bold', 'green'],
  cause: ['yellow'],
  cure: ['green'],
  proven: ['green'],
  likely: ['yellow'],
  open: ['cyan'],
};

export const paint = (text: string, look: Look, { colours }: TextStyle): string =>
  colours ? styleText(looks[look], text, { validateStream: false }) : text;

/** Commands that were written once for every way of starting the program, as this one's user types them: at the beginning, or quoted. */
export const typed = (text: string, { program }: TextStyle): string =>
  text.replace(/(^(?:sudo )?|")netdebug (?=[a-z])/g, (_, before: string) => `${before}${program} `);
