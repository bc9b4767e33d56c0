// Bytes as Go's %q prints them, so that our log lines and the original's can be compared with diff.
import { isUtf8 } from 'node:buffer';

const needsNoEscape = /^(?:(?!["\\])[\p{L}\p{M}\p{N}\p{P}\p{S} ])*$/u;

const named: Readonly<Record<string, string>> = {
  '\x07': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '\\': '\\\\',
  '"': '\\"',
};

/**
 * A double-quoted Go string literal, as strconv.Quote makes it: letters, marks, numbers, punctuation, symbols and the ASCII
 * space stay, control characters are `\a \b \f \n \r \t \v` or `\x7f`, other unprintable ones `\u00ad` or `\U000e0001`, and each
 * byte that is not part of valid UTF-8 is `\xff`. Source: Go's strconv/quote.go. Which characters are printable is decided by
 * this Node's Unicode tables, which may be newer than a given Go's.
 */
export function goQuote(bytes: Buffer): string {
  if (isUtf8(bytes)) {
    const text = bytes.toString('utf8');
    return needsNoEscape.test(text) ? `"${text}"` : `"${Array.from(text, escape).join('')}"`;
  }
  let out = '';
  for (let at = 0; at < bytes.length;) {
    const rune = bytes.subarray(at, at + runeLength(bytes[at] ?? 0));
    // A slice as long as its first byte announces is valid UTF-8 only when it is exactly one character.
    if (isUtf8(rune)) {
      out += escape(rune.toString('utf8'));
      at += rune.length;
    } else {
      out += hexByte(bytes[at] ?? 0);
      at += 1;
    }
  }
  return `"${out}"`;
}

/** How many bytes the character has that begins with this byte; 1 for a byte that can begin none. */
function runeLength(first: number): number {
  if (first >= 0xf0) return 4;
  if (first >= 0xe0) return 3;
  return first >= 0xc0 ? 2 : 1;
}

function escape(character: string): string {
  const short = named[character];
  if (short !== undefined) return short;
  if (needsNoEscape.test(character)) return character;
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x20 || code === 0x7f) return hexByte(code);
  return code < 0x1_0000
    ? `\\u${code.toString(16).padStart(4, '0')}`
    : `\\U${code.toString(16).padStart(8, '0')}`;
}

function hexByte(byte: number): string {
  return `\\x${byte.toString(16).padStart(2, '0')}`;
}
