// An option that is given twice is gathered or refused; a value that was typed is never dropped.
import assert from 'node:assert/strict';
import type { Command } from 'commander';
import { describe, it } from 'node:test';
import { refuseRepeated } from '../../src/cli/repeatable.ts';
import { Problem } from '../../src/model/problem.ts';

const names = [
  ...[
    'server',
    'client',
    'lab',
    'cluster',
    'mesh',
    'watch',
    'observe',
    'explain',
    'doctor',
    'diagnose',
    'report',
  ],
] as const;

async function allCommands(): Promise<Command[]> {
  const found: Command[] = [];
  const visit = (command: Command) => {
    found.push(command);
    command.commands.forEach(visit);
  };
  for (const name of names) {
    const file = (await import(`../../src/cli/${name}.ts`)) as {
      command(argv: readonly string[]): Command | Promise<Command>;
    };
    visit(await file.command([name]));
  }
  return found;
}

/** Values that the options' own parsers take. */
const samples = [
  '5s',
  '8080',
  '1',
  'node-1',
  '1MiB',
  'text',
  'capture',
  '10.0.0.1',
  '0/2',
  'x',
  'http://10.0.0.7:9465',
  ':9464',
  '10.0.0.0/8',
  'shop/redis',
];

describe('every option of every command', async () => {
  for (const command of await allCommands()) {
    const valued = command.options.filter((option) => option.required || option.optional);
    if (valued.length === 0) continue;
    it(`${command.name()}: is gathered or refused when it is given twice`, () => {
      refuseRepeated(command);
      for (const option of valued) {
        const repeatable = option.variadic || option.description.endsWith('(repeatable)');
        const event = `option:${option.name()}`;
        const given = () => {
          for (const sample of option.argChoices ?? samples) {
            try {
              (command as unknown as NodeJS.EventEmitter).emit(event, sample);
              return;
            } catch (error) {
              if (error instanceof Problem && error.message.includes('is given twice')) throw error;
            }
          }
          throw new Error(`no sample for ${option.flags}`);
        };
        given();
        if (repeatable) {
          given();
          const values: unknown = command.getOptionValue(option.attributeName());
          assert.ok(Array.isArray(values) && values.length >= 2, option.flags);
        } else {
          assert.throws(given, {
            name: 'Problem',
            message: `${option.long ?? ''} is given twice; it takes one value.`,
          });
        }
      }
    });

    it(`${command.name()}: says no default that is a list of nothing`, () => {
      assert.doesNotMatch(command.helpInformation(), /default: \[/);
    });
  }
});
