// `netdebug explain [CAUSE]`: the catalogue of causes, as a list, as a page, or as JSON; `--symptom` leads from what was seen to a page.
import { Argument, Command, Option } from 'commander';
import type { CatalogueEntry } from '../causes/cause-page.ts';
import { catalogue, causeIds, pageOf } from '../causes/index.ts';
import { jsonDocument } from '../model/json-document.ts';
import { Problem } from '../model/problem.ts';
import { asTyped } from './as-typed.ts';
import { offering } from './completion/sources.ts';
import { nearest } from './explain/nearest.ts';
import { listText, pageText, pageWidth } from './explain/page.ts';
import { print } from './standard-output.ts';
import { textStyle } from './terminal-style.ts';

interface Flags {
  readonly json?: true;
  readonly output: 'text' | 'json';
  /** True without words. */
  readonly symptom?: true | readonly string[];
}

const causes = () => catalogue.map(({ id, title }) => ({ value: id, about: title }));

/** The command, for the program to add. Exits with 64, and the allowed names, for a cause that there is not. */
export function command(): Command {
  return new Command('explain')
    .description(
      'What a cause of resets looks like, why it happens, how to confirm it by hand, and what ends it.',
    )
    .addArgument(
      offering(new Argument('[cause]', 'as findings name it; without it, all causes are listed'), causes),
    )
    .option(
      '--symptom [words...]',
      'the pages that what was seen leads to, three at most; on a terminal, without words, questions lead there',
    )
    .option('--json', 'print one JSON document: the page, an array of all pages, or the pages found')
    .addOption(
      new Option('-o, --output <format>', 'json is the same as --json')
        .choices(['text', 'json'])
        .default('text'),
    )
    .addHelpText(
      'after',
      `
Examples:
  netdebug explain                                the causes, one line each
  netdebug explain conntrack-invalid | less       the page of one
  netdebug explain --symptom "reset after 15 idle minutes"
                                                  the pages that this leads to, and why
  netdebug explain --symptom                      the same by five questions, on a terminal
  netdebug explain unknown                        what to collect when no cause was found
  netdebug explain --json route-table-conflict    the same text for programs

Exit codes: 0 printed; 2 no page speaks of such a symptom; 64 wrong usage.`,
    )
    .action(async (cause: string | undefined, flags: Flags) => {
      const json = flags.json === true || flags.output === 'json';
      const columns = Math.min(pageWidth, textStyle().columns);
      if (flags.symptom !== undefined) {
        const { bySymptom } = await import('./explain/by-symptom.ts');
        await bySymptom(cause, flags.symptom, json, columns);
        return;
      }
      const text = explain(cause, json, columns);
      print(json ? text : asTyped(text));
    });
}

/** What the command prints of a cause. Throws a usage Problem for a cause that there is not. */
export function explain(cause: string | undefined, json: boolean, columns = pageWidth): string {
  if (cause === undefined) return json ? jsonDocument(catalogue) : listText(catalogue, columns);
  const entry = known(cause);
  return json ? jsonDocument(entry) : pageText(entry, columns);
}

function known(cause: string): CatalogueEntry {
  const found = pageOf(cause);
  if (found !== undefined) return found;
  const meant = nearest(cause, causeIds);
  const guess = meant === undefined ? '' : ` Did you mean ${meant}?`;
  throw new Problem('usage', `there is no cause "${cause}"; choose one of: ${causeIds.join(', ')}.${guess}`);
}
