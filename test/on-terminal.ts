// A terminal of its own for a command, of so many columns and 24 rows.
import { findTool } from '../src/system/find-tool.ts';
import { shellQuote } from '../src/system/shell-quote.ts';

/** For a visible skip; false where there is one. */
export const noTerminal: string | false = findTool('script') === undefined && 'needs script';

/** The words that start it there; they end with its exit code. */
export const onTerminalOf = (columns: number, words: readonly string[]): string[] => {
  const sized = `stty cols ${columns} rows 24; ${shellQuote(words)}`;
  return ['script', '--quiet', '--return', '--command', sized, '/dev/null'];
};
