// Options that may be given several times, and the refusal of all others that are: a value that was typed is never dropped silently.
import { type Command, Option } from 'commander';
import { Problem } from '../model/problem.ts';

const repeatables = new WeakSet<Option>();

/** An option that gathers what it is given, each value read by `read`; undefined when it is not given. */
export function repeatable(flags: string, about: string, read: (text: string) => unknown): Option {
  const option = new Option(flags, `${about} (repeatable)`);
  repeatables.add(option);
  return option.argParser<readonly unknown[] | undefined>((text, before = []) => [...before, read(text)]);
}

/** From now on the command throws a usage Problem for an option with a value that is given twice. */
export function refuseRepeated(command: Command): void {
  for (const option of command.options) {
    // One that takes several words is told of each; it keeps them all.
    if (repeatables.has(option) || option.variadic || !(option.required || option.optional)) continue;
    let given = false;
    command.on(`option:${option.name()}`, () => {
      if (given)
        throw new Problem('usage', `${option.long ?? option.flags} is given twice; it takes one value.`);
      given = true;
    });
  }
}
