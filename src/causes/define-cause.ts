// A cause is written once, in its folder: what is said in two places (its name, its fixes, their commands) is derived here.
import type { CauseModel } from '../diagnose/why/cause-model.ts';
import type { CatalogueEntry, Fix } from './cause-page.ts';

/** A page as its file writes it. */
export interface WrittenPage extends Omit<CatalogueEntry, 'fixes'> {
  readonly fixes: readonly WrittenFix[];
}

/** What the lab shows, it shows by a fix of that name, or by leaving a factor of the scenario out. */
interface WrittenFix extends Omit<Fix, 'tryIt'> {
  readonly without?: string;
}

/** The names of the fixes that the cause's scenario has to have. */
type LabFixOf<Page extends WrittenPage> = Extract<
  Page['fixes'][number],
  { proven: 'lab'; without?: never }
>['name'];

type AuthorsOf<Page extends WrittenPage> = readonly [
  Page['author']['who'][number],
  ...Page['author']['who'][number][],
];

export interface Cause<Page extends WrittenPage> {
  readonly id: Page['id'];
  readonly page: CatalogueEntry;
  readonly labFixes: readonly LabFixOf<Page>[];
  readonly model: CauseModel | null;
}

/** Puts a cause together. Without a model no evidence leads to it; with one, its authors are ones that the page names. */
export function defineCause<const Page extends WrittenPage>(
  written: Page,
  model: (Omit<CauseModel, 'cause' | 'fixes'> & { authors: AuthorsOf<Page> }) | null,
): Cause<Page> {
  const { id, scenario } = written;
  const fixes = written.fixes.map(({ without, ...fix }): Fix => {
    const isShown = fix.proven === 'lab' && scenario !== null;
    const by = without === undefined ? `--fix ${fix.name}` : `--without ${without}`;
    return { ...fix, tryIt: isShown ? `netdebug lab run ${scenario} ${by}` : null };
  });
  const own = written.fixes.filter(({ proven, without }) => proven === 'lab' && without === undefined);
  const labFixes = own.map(({ name }) => name as LabFixOf<Page>);
  return {
    ...{ id, page: { ...written, fixes }, labFixes },
    model: model === null ? null : { ...model, cause: id, fixes: labFixes },
  };
}
