// Texts that were written once for every way of starting the program, with its commands as this one's user types them.
import { ownName } from '../system/own-program.ts';
import { pluginWords } from '../system/started-as.ts';

/** Where a command begins in a text: at the start of a line, behind a colon, a comma, a quote or sudo. In a sentence it is a name. */
const command = /(^ *|: |, |"|sudo )netdebug (?=([a-z[])([a-z]*))/gm;

export function asTyped(text: string, name: string = ownName()): string {
  if (name === pluginWords) return asPlugin(text);
  return text.replace(command, (_, before: string) => `${before}${name} `);
}

/**
 * As kubectl's plugin it has the commands of the cluster by their own names, so that a node's `watch` is not among them; and root
 * has neither this user's plugins nor their cluster.
 */
function asPlugin(text: string): string {
  const started = text.replace(command, (all, before: string, first: string, rest: string) =>
    before === 'sudo ' || first + rest === 'watch' ? all : `${before}${pluginWords} `,
  );
  return started.replace(/(?<=kubectl netdebug )(cluster |mesh (?=evidence ))/g, '');
}
