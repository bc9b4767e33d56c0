// What can stand for an option's value or an argument: written where the option is defined, or told by what its value is called there.
import { Argument, type Option } from 'commander';
import type { Offer } from './protocol.ts';
import { names, type Typed } from './typed.ts';

export type Source = 'files' | 'folders' | ((typed: Typed) => readonly Offer[] | Promise<readonly Offer[]>);

const written = new WeakMap<Option | Argument, Source>();

/** Says what can stand for it. */
export function offering<T extends Option | Argument>(of: T, source: Source): T {
  written.set(of, source);
  return of;
}

/** Those with commas between: what is typed already stays, and is not offered again. */
export function commaSeparated(all: readonly string[]): Source {
  return ({ word }) => {
    const typed = word.slice(0, word.lastIndexOf(',') + 1);
    const left = all.filter((name) => !typed.split(',').includes(name));
    return names(left.map((name) => typed + name));
  };
}

const byPlaceholder: Readonly<Record<string, Source>> = {
  ...{ dir: 'folders', folder: 'folders', file: 'files', files: 'files', path: 'files' },
  // Loaded when asked for: few words are of a cluster.
  target: async (typed) => (await import('./cluster-names.ts')).workloads(typed),
};

/** Undefined where nothing is known. */
export function sourceOf(of: Option | Argument): Source | undefined {
  const found = written.get(of);
  if (found !== undefined) return found;
  if (of.argChoices !== undefined && of.argChoices.length > 0) {
    const choices = names(of.argChoices);
    return () => choices;
  }
  const placeholder = of instanceof Argument ? of.name() : /[<[]([a-z-]+)/.exec(of.flags)?.[1];
  return placeholder === undefined ? undefined : byPlaceholder[placeholder];
}
