// A cause is written once, in its folder: what is said in two places (its name, its fixes, their commands) is derived here.
import type { CauseModel } from '../diagnose/why/cause-model.ts';
import type { Author } from '../model/author.ts';
import type { CatalogueEntry, Fix } from './cause-page.ts';

/** A fix as its page writes it. What the lab shows, it shows by a fix of that name, or by switching a factor off. */
export interface WrittenFix extends Omit<Fix, 'tryIt'> {
  /** The scenario's factor whose absence is this fix. */
  readonly without?: string;
}

export interface WrittenPage<
  Id extends string = string,
  Who extends Author = Author,
  Written extends WrittenFix = WrittenFix,
> extends Omit<CatalogueEntry, 'fixes'> {
  readonly id: Id;
  readonly author: { readonly who: readonly [Who, ...Who[]]; readonly text: string };
  readonly fixes: readonly Written[];
}

/** The name of a fix that the cause's scenario has to have. */
type LabFixOf<Written extends WrittenFix> = Written extends { without: string }
  ? never
  : Written extends { proven: 'lab' }
    ? Written['name']
    : never;

export interface Cause<Id extends string = string, LabFix extends string = string> {
  readonly id: Id;
  readonly page: CatalogueEntry;
  /** Null for a cause that no evidence leads to. */
  readonly model: CauseModel | null;
  readonly labFixes: readonly LabFix[];
}

/** Puts a cause together. Its author in the diagnosis must be one that its page names. */
export function defineCause<
  const Id extends string,
  const Who extends Author,
  const Written extends WrittenFix,
>(
  written: WrittenPage<Id, Who, Written>,
  model: (Omit<CauseModel, 'cause' | 'fixes' | 'author'> & { readonly author: NoInfer<Who> }) | null,
): Cause<Id, LabFixOf<Written>> {
  const { id, scenario } = written;
  const fixes = written.fixes.map(({ without, ...fix }): Fix => {
    const shownBy = without === undefined ? `--fix ${fix.name}` : `--without ${without}`;
    return { ...fix, tryIt: fix.proven === 'lab' ? `netdebug lab run ${scenario} ${shownBy}` : null };
  });
  const labFixes = written.fixes.flatMap((fix) => (isLabFix(fix) ? [fix.name as LabFixOf<Written>] : []));
  return {
    id,
    page: { ...written, fixes },
    model: model === null ? null : { ...model, cause: id, fixes: labFixes },
    labFixes,
  };
}

const isLabFix = ({ proven, without }: WrittenFix) => proven === 'lab' && without === undefined;
