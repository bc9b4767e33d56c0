// Texts that were written once for every way of starting the program, with its commands as this one's user types them.
import { ownName } from '../system/own-program.ts';

/** Where a command begins in a text: at the start of a line, behind a colon, a comma, a quote or sudo. In a sentence it is a name. */
const command = /(^ *|: |, |"|sudo )netdebug (?=[a-z[])/gm;

export function asTyped(text: string, name: string = ownName()): string {
  return text.replace(command, (_, before: string) => `${before}${name} `);
}
