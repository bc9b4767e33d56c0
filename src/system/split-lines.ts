// Pieces of a program's output put together to whole lines.

/** Returns a function that takes pieces and calls `onLine` for each whole line, without its newline. */
export function splitLines(onLine: (line: string) => void): (chunk: Buffer) => void {
  const decoder = new TextDecoder();
  let rest = '';
  return (chunk) => {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) onLine(line);
  };
}

/** Of what a program said last, that which fits into a sentence. */
export const lastLine = (words: string): string => words.slice(words.lastIndexOf('\n') + 1);
