// The formats of `netdebug report`, the default one first: a new one is its file and a line here.
import { Problem } from '../../model/problem.ts';
import type { Format } from './format.ts';

/** Each is imported where it is listed, so that there is one place to add it. */
export const formats: readonly Format[] = [
  (await import('./text.ts')).text,
  (await import('./json.ts')).json,
  (await import('./junit.ts')).junit,
  (await import('./html.ts')).html,
  (await import('./markdown.ts')).markdown,
];

/** Reads `--format`, given any number of times, each a name or several with commas. Throws a usage Problem that lists the names. */
export function readFormats(given: readonly string[]): Format[] {
  const names = given.flatMap((one) => one.split(',')).map((name) => name.trim());
  const known = names.map((name) => {
    const format = formats.find((one) => one.name === name);
    if (format === undefined) {
      const all = formats.map((one) => one.name).join(', ');
      throw new Problem('usage', `there is no format "${name}"; choose from: ${all}.`);
    }
    return format;
  });
  return known.length === 0 ? formats.slice(0, 1) : [...new Set(known)];
}
