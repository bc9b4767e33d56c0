// How the shells' scripts, and kubectl, are told what can stand at the cursor: cobra's protocol, since kubectl speaks no other. Each
// offer is a line, its description behind a tab; the last line is a colon and a sum of bits.

/** The hidden first word that asks; behind it stand the words up to the cursor, the last of them unfinished. */
export const completionWord = '__complete';

export const bits = { error: 1, noSpace: 2, noFiles: 4, foldersOnly: 16 } as const;

export interface Offer {
  readonly value: string;
  /** A line on what it is, '' where there is nothing to say. */
  readonly about: string;
  /** More is typed behind it, without a blank: the kind of `deployment/name`. */
  readonly open?: true;
}

/** What the shell shows: our own offers, and where the word is a path the machine's. */
export interface Offers {
  readonly offers: readonly Offer[];
  readonly paths: 'none' | 'files' | 'folders';
}

export function inProtocol({ offers, paths }: Offers): string {
  const lines = offers.map(({ value, about }) => (about === '' ? value : `${value}\t${oneLine(about)}`));
  const isOpen = offers.length > 0 && offers.every(({ open }) => open === true);
  const bitOfPaths = { none: bits.noFiles, files: 0, folders: bits.foldersOnly }[paths];
  return [...lines, `:${(isOpen ? bits.noSpace : 0) + bitOfPaths}`, ''].join('\n');
}

const oneLine = (text: string) => text.replace(/\s+/g, ' ').trim();
