// How what is printed is set: as wide as the terminal is, coloured where it takes that, and whole lines where there is none.
import type { TextStyle } from '../report/text-style.ts';
import { ownName } from '../system/own-program.ts';

const leastColumns = 40;
/** Of a terminal that does not tell. */
const usualColumns = 80;

/** What --help says of it. */
export const styleHelp = `On a terminal, text is as wide as it is; elsewhere lines are not broken, but at COLUMNS where that is set. NO_COLOR and
TERM=dumb: no colours.`;

/** Of standard output. COLUMNS comes before what the terminal tells. */
export function textStyle(): TextStyle {
  const given = Number(process.env['COLUMNS'] ?? '');
  const isGiven = Number.isInteger(given) && given > 0;
  const columns = isGiven ? given : terminalColumns();
  return { columns: Math.max(leastColumns, columns), colours: takesColours(), program: ownName() };
}

function terminalColumns(): number {
  if (!process.stdout.isTTY) return Infinity;
  const [columns] = process.stdout.getWindowSize();
  return columns > 0 ? columns : usualColumns;
}

function takesColours(): boolean {
  return process.stdout.isTTY && (process.env['NO_COLOR'] ?? '') === '' && !isDumb();
}

/** One that obeys no escapes. */
export const isDumb = (): boolean => process.env['TERM'] === 'dumb';
