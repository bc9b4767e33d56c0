// A value as one JSON document, laid out for people, ending with a newline.
export function jsonDocument(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
