// Why a connection was lost: which causes a remaining author can have, what was seen for each and what against it.
import type { Author } from '../../model/author.ts';
import type { Certainty } from '../../model/certainty.ts';
import type { Facts } from '../facts/index.ts';
import { holds, mayHold, partsOf, type Suspects } from '../who/suspects.ts';
import type { Condition } from '../who/exclusion-row.ts';
import type { CauseModel, Signs } from './cause-model.ts';

/** What can be said of one cause for one connection. */
export interface Standing {
  readonly model: CauseModel;
  /** `possible`: nothing was seen for it, and nobody could look. */
  readonly is: 'shown' | 'suggested' | 'possible' | 'contradicted' | 'not seen';
  /** The signs that show or suggest it. */
  readonly signs: readonly Condition[];
  /** The condition that contradicts it, or the authors that were excluded; null when nothing does. */
  readonly against: string | null;
  /** Of the authors that are left, those that it can have. */
  readonly authors: readonly Author[];
}

export interface Judgement {
  /** Null: no cause, or several that nothing tells apart. */
  readonly cause: Standing | null;
  readonly causeCertainty: Certainty;
  readonly author: Author;
  readonly authorCertainty: Certainty;
  /** Causes that are not excluded beside the named one; all of the open ones when none is named. */
  readonly rivals: readonly Standing[];
  readonly standings: readonly Standing[];
}

export function judge(facts: Facts, suspects: Suspects, models: readonly CauseModel[]): Judgement {
  const standings = models.map((model) => standingOf(model, facts, suspects));
  const ofKind = (kind: Standing['is']) => standings.filter(({ is }) => is === kind);
  const [shown, suggested, possible] = [ofKind('shown'), ofKind('suggested'), ofKind('possible')];
  const leading = shown.length > 0 ? shown : suggested;
  const [first, second] = leading;
  if (first === undefined || second !== undefined) {
    const rivals = first === undefined ? possible : leading;
    const author = authorOf(oneAuthorOf(leading), suspects, false);
    return { cause: null, causeCertainty: 'open', ...author, rivals, standings };
  }
  const rivals = [...(first.is === 'shown' ? suggested : []), ...possible];
  const proven = first.is === 'shown' && rivals.length === 0;
  return {
    cause: first,
    causeCertainty: proven ? 'proven' : 'likely',
    ...authorOf(first, suspects, proven),
    rivals,
    standings,
  };
}

function standingOf(model: CauseModel, facts: Facts, { left }: Suspects): Standing {
  const authors = model.authors.filter((author) => left.includes(author));
  const contradiction = model.contradictedBy.find((condition) => holds(condition, facts));
  const seen = (signs: Signs) => signs.every((condition) => holds(condition, facts));
  const shown = model.shownBy.find(seen);
  const suggested = model.suggestedBy.find(seen);
  const signs = shown ?? suggested ?? [];
  const unlikely =
    shown === undefined ? model.notSuggestedWith?.find((condition) => holds(condition, facts)) : undefined;
  const against =
    contradiction ??
    unlikely ??
    (authors.length === 0 ? `its author (${model.authors.join(' or ')}) is excluded` : null);
  const standing = (is: Standing['is']): Standing => ({ model, is, signs, against, authors });
  if (against !== null) return standing('contradicted');
  if (shown !== undefined) return standing('shown');
  if (suggested !== undefined) return standing('suggested');
  const conceivable = model.shownBy.some((all) => all.every((condition) => mayHold(condition, facts)));
  return standing(conceivable ? 'possible' : 'not seen');
}

/** Where several causes stand open that can all have the same author alone, whichever it was: one of them, and null otherwise. */
function oneAuthorOf(leading: readonly Standing[]): Standing | null {
  const authors = new Set(leading.flatMap((standing) => standing.authors));
  return authors.size === 1 ? (leading[0] ?? null) : null;
}

/** The author by exclusion; where several are left, the cause may narrow them. */
function authorOf(
  cause: Standing | null,
  { left, excluded }: Suspects,
  isProven: boolean,
): Pick<Judgement, 'author' | 'authorCertainty'> {
  const [only, another] = left;
  if (only !== undefined && another === undefined) {
    const byPhysics = [...excluded.values()].every(({ basis }) => basis === 'physics');
    return { author: only, authorCertainty: byPhysics ? 'proven' : 'likely' };
  }
  const [narrowed, other] = cause?.authors ?? [];
  // Of several authors that a cause can have the usual one is named only where the cause itself is beyond doubt.
  return narrowed === undefined || (other !== undefined && !isProven)
    ? { author: 'unknown', authorCertainty: 'open' }
    : { author: narrowed, authorCertainty: 'likely' };
}

/** The witnesses that could have decided between what is left: those that some sign of theirs lacked. */
export function lookedForInVain(rivals: readonly Standing[], facts: Facts) {
  return rivals.flatMap(({ model }) =>
    model.shownBy.flat().flatMap((condition) => {
      const fact = facts[partsOf(condition)[0]];
      return fact.seen === 'unknown' && fact.missing !== null ? [fact.missing] : [];
    }),
  );
}
