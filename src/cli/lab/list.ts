// `netdebug lab list`: the scenarios with their factors, variants, fixes and defaults.
import { Command } from 'commander';
import { defaultScenario, scenarios } from '../../lab/scenarios/index.ts';
import { jsonDocument } from '../../model/json-document.ts';
import type { Named } from '../../model/scenario.ts';
import { print } from '../standard-output.ts';

export function listCommand(): Command {
  return new Command('list')
    .description('the scenarios, with their factors, variants and fixes')
    .option('--json', 'one JSON document on stdout')
    .action((flags: { json?: boolean }) => {
      print(flags.json === true ? asJson() : asText());
    });
}

function asJson(): string {
  const rows = scenarios.map(({ name, about, factors, variants, fixes, defaults }) => ({
    ...{ name, about, factors, variants, fixes, defaults },
  }));
  return jsonDocument(rows);
}

function asText(): string {
  const lines: string[] = [];
  for (const { name, about, factors, variants, fixes } of scenarios) {
    lines.push(`${name}${name === defaultScenario ? ' (default)' : ''}`, `  ${about}`);
    lines.push(...section('factors, each switched off by --without NAME', factors));
    lines.push(...section('variants, chosen by --variant NAME; the first is the default', variants));
    lines.push(...section('fixes, each applied by --fix NAME', fixes));
  }
  return `${lines.join('\n')}\n`;
}

function section(title: string, items: readonly Named[]): string[] {
  if (items.length === 0) return [];
  const width = Math.max(...items.map((item) => item.name.length));
  return [`  ${title}:`, ...items.map((item) => `    ${item.name.padEnd(width)}  ${item.about}`)];
}
