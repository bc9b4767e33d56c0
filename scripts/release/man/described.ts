// A command as its help describes it, by the same walk over commander's tree, for a page of its own.
import type { Command } from 'commander';

export interface Described {
  /** What is typed: `netdebug lab run`. */
  readonly words: string;
  readonly about: string;
  readonly usage: string;
  readonly args: readonly Row[];
  readonly options: readonly Row[];
  readonly commands: readonly Row[];
  /** What help says at its end. */
  readonly after: string;
}

interface Row {
  readonly term: string;
  readonly about: string;
}

/** The command and all below it that help names, in help's order; `help` itself has no page. */
export function describe(command: Command, before: readonly string[] = []): Described[] {
  const words = [...before, command.name()];
  const help = command.createHelp();
  const subs = help.visibleCommands(command).filter((sub) => command.commands.includes(sub));
  const one = {
    words: words.join(' '),
    about: command.description(),
    usage: command.usage(),
    args: command.registeredArguments.map((argument) => ({
      term: argument.name(),
      about: help.argumentDescription(argument),
    })),
    options: help.visibleOptions(command).map((option) => ({
      term: help.optionTerm(option),
      about: help.optionDescription(option),
    })),
    commands: subs.map((sub) => ({ term: sub.name(), about: sub.description() })),
    after: textAfter(command),
  };
  return [one, ...subs.flatMap((sub) => describe(sub, words))];
}

/** What help prints behind what commander makes of the command itself. */
function textAfter(command: Command): string {
  let printed = '';
  command.configureOutput({ writeOut: (piece) => void (printed += piece) });
  command.outputHelp();
  return printed.slice(command.helpInformation().length);
}
