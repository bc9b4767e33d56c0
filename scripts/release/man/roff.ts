// Manual pages in the language of man(7), as far as a page of a command needs it.

/** Text that stands for itself: no dash is broken or curled, no line is taken for a request. */
export function plain(text: string): string {
  const escaped = text.replaceAll('\\', '\\e').replaceAll('-', '\\-');
  const ascii = escaped.replace(/[^\x20-\x7e\n]/gu, (sign) => {
    const code = sign.codePointAt(0) ?? 0;
    return `\\[u${code.toString(16).toUpperCase().padStart(4, '0')}]`;
  });
  return ascii.replace(/^(?=[.'])/gm, '\\&');
}

export const bold = (text: string): string => `\\fB${plain(text)}\\fR`;

/** Flags in bold, and what is to be put in place of their values in italics: `--out <dir>`. */
export const term = (text: string): string =>
  text
    .split(/([<[][^>\]]*[>\]])/)
    .map((part) => (/^[<[]/.test(part) ? `\\fI${plain(part)}\\fR` : part === '' ? '' : bold(part)))
    .join('');

export const section = (title: string, body: string): string =>
  body === '' ? '' : `.SH ${title.toUpperCase()}\n${body.trimEnd()}\n`;

/** Each term with a paragraph beside it. */
export const rows = (all: readonly (readonly [term: string, about: string])[]): string =>
  all.map(([what, about]) => `.TP\n${what}\n${about}\n`).join('');

/** Filled to the page's width. */
export const paragraph = (text: string): string => `.PP\n${plain(text.replace(/\s*\n\s*/g, ' ').trim())}\n`;

/** As it stands, line for line. */
export const verbatim = (lines: string): string => `.PP\n.EX\n${plain(lines)}\n.EE\n`;
