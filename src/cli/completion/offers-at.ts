// What can stand at the cursor of a command line, found by walking commander's own tree of commands, options and arguments.
import type { Argument, Command, Option } from 'commander';
import type { Offer, Offers } from './protocol.ts';
import { sourceOf } from './sources.ts';
import type { Typed } from './typed.ts';

/** @param words Those behind the program's name, up to the cursor; the last one is unfinished, or empty. */
export async function offersAt(program: Command, words: readonly string[]): Promise<Offers> {
  const word = words.at(-1) ?? '';
  const place = walk(program, words.slice(0, -1));
  const { command, awaited, onlyArguments } = place;
  if (awaited !== null) return await valuesOf(awaited, place, word);
  if (!onlyArguments && word.startsWith('-')) {
    const [, name, value] = /^(--[^=]+)=(.*)$/s.exec(word) ?? [];
    if (name === undefined || value === undefined) return ours(optionsOf(place), word);
    const option = optionNamed(command, name);
    return takesValue(option) ? await valuesOf(option, place, value) : nothing;
  }
  const subs = place.args.length === 0 && !onlyArguments ? subcommandsOf(command) : [];
  const argument = place.forHelp ? undefined : argumentAt(command, place.args.length);
  const values = argument === undefined ? nothing : await valuesOf(argument, place, word);
  const found = { ...values, offers: [...ours(subs, word).offers, ...values.offers] };
  // Where nothing else can stand, the options are what is asked for.
  const isBare = found.offers.length === 0 && found.paths === 'none' && word === '';
  const isLeaf = command.commands.length === 0 && argument === undefined;
  return isBare && isLeaf && !onlyArguments ? ours(optionsOf(place), word) : found;
}

const nothing: Offers = { offers: [], paths: 'none' };

interface Place {
  readonly command: Command;
  readonly args: readonly string[];
  /** The option whose value the next word is. */
  readonly awaited: Option | null;
  readonly given: ReadonlyMap<Option, string>;
  /** Behind a `--`. */
  readonly onlyArguments: boolean;
  /** Behind `help`, which takes the names of commands. */
  readonly forHelp: boolean;
}

function walk(program: Command, words: readonly string[]): Place {
  let command = program;
  let args: string[] = [];
  let awaited: Option | null = null;
  let onlyArguments = false;
  let forHelp = false;
  const given = new Map<Option, string>();
  for (const word of words) {
    if (awaited !== null) {
      given.set(awaited, word);
      awaited = null;
    } else if (onlyArguments) args.push(word);
    else if (word === '--') onlyArguments = true;
    else if (word.startsWith('-') && word.length > 1) {
      const [, name = word, value] = /^(--[^=]+)=(.*)$/s.exec(word) ?? [];
      const option = optionNamed(command, name);
      if (option === undefined) continue;
      given.set(option, value ?? '');
      if (option.required && value === undefined) awaited = option;
    } else {
      const sub = args.length === 0 ? subcommandNamed(command, word) : undefined;
      if (sub !== undefined) [command, args] = [sub, []];
      else if (args.length === 0 && word === 'help' && command.commands.length > 0) forHelp = true;
      else args.push(word);
    }
  }
  return { command, args, awaited, given, onlyArguments, forHelp };
}

const subcommandNamed = (command: Command, word: string) =>
  command.commands.find((sub) => sub.name() === word || sub.aliases().includes(word));

const optionNamed = (command: Command, name: string) =>
  command.options.find(({ long, short }) => long === name || short === name);

const takesValue = (option: Option | undefined): option is Option =>
  option !== undefined && (option.required || option.optional);

function argumentAt(command: Command, index: number): Argument | undefined {
  const last = command.registeredArguments.at(-1);
  return command.registeredArguments[index] ?? (last?.variadic === true ? last : undefined);
}

function subcommandsOf(command: Command): Offer[] {
  if (command.commands.length === 0) return [];
  const visible = command.createHelp().visibleCommands(command);
  return visible.map((sub) => ({ value: sub.name(), about: sub.summary() || sub.description() }));
}

/** By their long names, without those that were given and take one value. */
function optionsOf({ command, given }: Place): Offer[] {
  const left = command
    .createHelp()
    .visibleOptions(command)
    .filter((option) => !given.has(option) || option.description.endsWith('(repeatable)'));
  return left.map((option) => ({ value: option.long ?? option.short ?? '', about: option.description }));
}

async function valuesOf(of: Option | Argument, place: Place, word: string): Promise<Offers> {
  const source = sourceOf(of);
  if (source === undefined) return nothing;
  if (typeof source === 'string') return { offers: [], paths: source };
  const typed: Typed = {
    option: (long) => [...place.given].findLast(([option]) => option.long === long)?.[1],
    args: place.args,
    word,
  };
  return ours(await source(typed), word);
}

function ours(offers: readonly Offer[], word: string): Offers {
  return { offers: offers.filter(({ value }) => value.startsWith(word)), paths: 'none' };
}
