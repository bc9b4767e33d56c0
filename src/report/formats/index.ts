// The formats of `netdebug report`, and the file that each becomes.
import { Problem } from '../../model/problem.ts';

export const formats = ['text', 'json', 'junit', 'html'] as const;
export type Format = (typeof formats)[number];

export const fileNames: Readonly<Record<Format, string>> = {
  text: 'report.txt',
  json: 'report.json',
  junit: 'report.xml',
  html: 'report.html',
};

/** Reads `--format`, given any number of times, each a name or several with commas. Throws a usage Problem that lists the names. */
export function readFormats(given: readonly string[]): Format[] {
  const names = given.flatMap((one) => one.split(',')).map((name) => name.trim());
  const known = names.map((name) => {
    const format = formats.find((one) => one === name);
    if (format === undefined) {
      throw new Problem('usage', `there is no format "${name}"; choose from: ${formats.join(', ')}.`);
    }
    return format;
  });
  return known.length === 0 ? ['text'] : [...new Set(known)];
}
