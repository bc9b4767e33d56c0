// A value as a file or a program's answer has it: indented for people, and a text file for their tools.

/** One JSON document with a newline at its end. */
export const jsonDocument = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
