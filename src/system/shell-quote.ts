// Words as a POSIX shell takes them, for the few programs that insist on one string.

/** Quotes each word where it needs it and joins them with spaces. */
export function shellQuote(words: readonly string[]): string {
  return words
    .map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`))
    .join(' ');
}
