// `netdebug explain [CAUSE]`: the catalogue of causes, as a list, as a page, or as JSON.
import { Command } from 'commander';
import type { CatalogueEntry } from '../causes/cause-page.ts';
import { catalogue, causeIds, pageOf } from '../causes/index.ts';
import { jsonDocument } from '../model/json-document.ts';
import { Problem } from '../model/problem.ts';
import { asTyped } from './as-typed.ts';
import { nearest } from './explain/nearest.ts';
import { listText, pageText, pageWidth } from './explain/page.ts';
import { print } from './standard-output.ts';
import { textStyle } from './terminal-style.ts';

/** The command, for the program to add. Exits with 64, and the allowed names, for a cause that there is not. */
export function command(): Command {
  return new Command('explain')
    .description(
      'What a cause of resets looks like, why it happens, how to confirm it by hand, and what ends it.',
    )
    .argument('[cause]', 'as findings name it; without it, all causes are listed')
    .option('--json', 'print one JSON document: the page, or an array of all pages')
    .addHelpText(
      'after',
      `
Examples:
  netdebug explain                                the causes, one line each
  netdebug explain conntrack-invalid | less       the page of one
  netdebug explain unknown                        what to collect when no cause was found
  netdebug explain --json route-table-conflict    the same text for programs`,
    )
    .action((cause: string | undefined, options: { json?: true }) => {
      const json = options.json === true;
      const text = explain(cause, json, Math.min(pageWidth, textStyle().columns));
      print(json ? text : asTyped(text));
    });
}

/** What the command prints. Throws a usage Problem for a cause that there is not. */
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
