// Blocks of a page between lines of three backquotes: those that show what a command prints.

/** The inside of the first block that begins after `text`, each line with its end. Throws where there is none. */
export function blockAfter(page: string, text: string): string {
  const { begin, end } = placeOf(page, text);
  return page.slice(begin, end);
}

export function withBlockAfter(page: string, text: string, inside: string): string {
  const { begin, end } = placeOf(page, text);
  return `${page.slice(0, begin)}${inside}${page.slice(end)}`;
}

const fence = '\n```\n';

function placeOf(page: string, text: string): { readonly begin: number; readonly end: number } {
  const at = page.indexOf(text);
  const begin = page.indexOf(fence, at + text.length - 1) + fence.length;
  const end = page.indexOf(fence, begin) + 1;
  if (at === -1 || begin < fence.length || end === 0) throw new Error(`no block comes after: ${text}`);
  return { begin, end };
}
