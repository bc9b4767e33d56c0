// The log line for an answer. Nearly all answers are the same bytes, so that line is made once.
import { goQuote } from './go-quote.ts';
import { answerPrefix, question } from './wire.ts';

const expected = Buffer.concat([answerPrefix, question.subarray(0, -1)]);
const expectedText = quoted(expected);

/** `Response from server: "You said: Soy todo oídos!"` */
export function responseText(line: Buffer): string {
  return line.equals(expected) ? expectedText : quoted(line);
}

function quoted(line: Buffer): string {
  return `Response from server: ${goQuote(line)}`;
}
