// `netdebug lab list`: the scenarios with their factors, variants, fixes and defaults, by who ends the connections in them.
import { Command } from 'commander';
import { pageOf } from '../../causes/index.ts';
import { choose, defaultScenario, scenarios } from '../../lab/scenarios/index.ts';
import { authors, authorWords, type Author } from '../../model/author.ts';
import { jsonDocument } from '../../model/json-document.ts';
import type { Named, Scenario } from '../../model/scenario.ts';
import { print } from '../standard-output.ts';

export function listCommand(): Command {
  return new Command('list')
    .description('the scenarios by who ends the connections, with their factors, variants and fixes')
    .option('--json', 'one JSON document on stdout; author is null where nothing is wrong')
    .action((flags: { json?: boolean }) => {
      print(flags.json === true ? asJson() : asText());
    });
}

/** Who ends the connections, as the page of the cause says first; null where nothing is wrong. */
function authorOf(scenario: Scenario): Author | null {
  const cause = scenario.expectedCause(choose(scenario));
  return cause === null ? null : (pageOf(cause)?.author.who[0] ?? null);
}

interface Group {
  readonly author: Author | null;
  readonly members: readonly Scenario[];
}

/** In the order of the authors; what is healthy comes last. */
function groups(): Group[] {
  const known = scenarios.map((scenario) => ({ scenario, author: authorOf(scenario) }));
  return [...authors, null].flatMap((author) => {
    const members = known.filter((one) => one.author === author).map(({ scenario }) => scenario);
    return members.length === 0 ? [] : [{ author, members }];
  });
}

function asJson(): string {
  const rows = groups().flatMap(({ author, members }) =>
    members.map(({ name, about, factors, variants, fixes, defaults }) => ({
      ...{ name, about, author, factors, variants, fixes, defaults },
    })),
  );
  return jsonDocument(rows);
}

function asText(): string {
  return `${groups().map(groupText).join('\n\n')}\n`;
}

function groupText({ author, members }: Group): string {
  const lines = [author === null ? 'Nothing is wrong' : `Ended by ${authorWords[author]}`];
  for (const { name, about, factors, variants, fixes } of members) {
    lines.push(`${name}${name === defaultScenario ? ' (default)' : ''}`, `  ${about}`);
    lines.push(...section('factors, each switched off by --without NAME', factors));
    lines.push(...section('variants, chosen by --variant NAME; the first is the default', variants));
    lines.push(...section('fixes, each applied by --fix NAME', fixes));
  }
  return lines.join('\n');
}

function section(title: string, items: readonly Named[]): string[] {
  if (items.length === 0) return [];
  const width = Math.max(...items.map((item) => item.name.length));
  return [`  ${title}:`, ...items.map((item) => `    ${item.name.padEnd(width)}  ${item.about}`)];
}
