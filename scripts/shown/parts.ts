// Which part of what a command prints a page shows; each line with its end.

export const whole = (printed: string): string => printed;

/** What was lost, who, why, the cure and what to type next, which stand last, after a blank line. */
export const lastAnswer = (printed: string): string => printed.slice(printed.lastIndexOf('\n\n') + 2);

/** Without what a watch could not see, which it says at its beginning and again at its end. */
export function seenOnly(printed: string): string {
  const [, unseen = ''] = /^Not seen, or not all of it:\n([^]*?)^$/m.exec(printed) ?? [];
  return printed.replace(`Not seen, or not all of it:\n${unseen}`, '').replace(unseen, '');
}
