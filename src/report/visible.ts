// Text from outside, made fit to be printed: a terminal must not obey what a log line holds.

/** Control characters become `\\x1b` and the like; tabs become spaces. */
export function visible(text: string): string {
  return text
    .replace(
      /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g,
      (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`,
    )
    .replaceAll('\t', ' ');
}
