// Markup is only made by the `markup` tag, which escapes whatever is put in: text from outside cannot become part of the page's code.

const brand: unique symbol = Symbol('markup');

/** A piece of finished HTML or SVG. */
export interface Markup {
  readonly [brand]: true;
  readonly text: string;
}

export type Insert = Markup | string | number | null | undefined | false | readonly Insert[];

/** `markup\`<p>${anything}</p>\``: strings and numbers are escaped for text and quoted attributes, lists are joined, null and false vanish. */
export function markup(parts: TemplateStringsArray, ...inserts: readonly Insert[]): Markup {
  let text = parts[0] ?? '';
  for (const [index, insert] of inserts.entries()) text += insertText(insert) + (parts[index + 1] ?? '');
  return { [brand]: true, text };
}

/** For our own assets alone, which are written for the place where they go. */
export function trusted(text: string): Markup {
  return { [brand]: true, text };
}

export const nothing: Markup = trusted('');

function insertText(insert: Insert): string {
  if (insert === null || insert === undefined || insert === false) return '';
  if (typeof insert === 'number') return Number.isFinite(insert) ? String(insert) : '';
  if (typeof insert === 'string') return escapeText(insert);
  if (isMarkup(insert)) return insert.text;
  return insert.map(insertText).join('');
}

const isMarkup = (insert: Markup | readonly Insert[]): insert is Markup => brand in insert;

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/**
 * Text for HTML and SVG, in elements and in quoted attributes. Control characters and those that turn the direction of writing
 * are shown as a picture of themselves: with them a log line could look like what it is not.
 */
export function escapeText(text: string): string {
  return text
    .replace(/[&<>"']/g, (char) => entities[char] ?? '')
    .replace(/[^\P{Cc}\n\t]|[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu, '\u{fffd}')
    .replace(/\p{Surrogate}/gu, '\u{fffd}');
}
