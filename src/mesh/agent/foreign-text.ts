// What others wrote, as this agent prints it: quoted, cut, and with nothing in it that a terminal or a log reader would obey.
import { goQuote } from '../../probe/go-quote.ts';

const mostCharacters = 200;

/** In double quotes; of a longer text the beginning, and that it was cut. */
export function foreignText(text: string): string {
  const cut = text.length > mostCharacters;
  return `${goQuote(Buffer.from(cut ? text.slice(0, mostCharacters) : text))}${cut ? '…' : ''}`;
}
