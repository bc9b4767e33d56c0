// Which of the allowed words somebody meant who typed another one.

/**
 * The word that holds what was typed as a part, if exactly one does; else the one at the smallest Levenshtein distance, if that
 * is at most a third of its length; else undefined. Ties go to the first.
 */
export function nearest<Word extends string>(typed: string, allowed: readonly Word[]): Word | undefined {
  const holders = allowed.filter((word) => typed.length > 2 && word.includes(typed.toLowerCase()));
  if (holders.length === 1) return holders[0];
  const ranked = allowed
    .map((word) => ({ word, distance: levenshtein(typed.toLowerCase(), word) }))
    .sort((a, b) => a.distance - b.distance);
  const best = ranked[0];
  return best !== undefined && best.distance <= best.word.length / 3 ? best.word : undefined;
}

/** How many letters must be put in, taken out or changed to make one word of the other (Levenshtein 1966). */
function levenshtein(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [i, letter] of Array.from(from).entries()) {
    const next = [i + 1];
    for (const [j, other] of Array.from(to).entries()) {
      const changed = (row[j] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(changed, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
