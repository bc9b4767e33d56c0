// Places in a YAML document that Helm fills in: put there as words that YAML takes as they are, and written as directives at the end.

export interface Slots {
  /** A value on its line. */
  inline(directive: string): string;
  /** A value of several lines, below its key: what `expression` gives, as YAML. */
  block(expression: string): string;
  /** An item of a list that is there if `condition` holds. */
  itemIf(condition: string, item: string): string;
  /** A key with its value, there if `expression` gives something. */
  keyWith(expression: string): string;
  /** The text as a template; what looked like a directive before stands for itself. */
  fill(text: string): string;
}

export function createSlots(): Slots {
  const writers: ((line: string, word: string) => string)[] = [];
  const slot = (write: (line: string, word: string) => string) => `HELM-SLOT-${writers.push(write) - 1}`;
  return {
    inline: (directive) => slot((line, word) => line.replace(word, directive)),
    block: (expression) =>
      slot((line, word) => {
        const inside = indentOf(line) + 2;
        const value = `${' '.repeat(inside)}{{- toYaml ${expression} | nindent ${inside} }}`;
        return `${line.replace(` ${word}`, '')}\n${value}`;
      }),
    itemIf: (condition, item) =>
      slot((line, word) => `{{- if ${condition} }}\n${line.replace(word, item)}\n{{- end }}`),
    keyWith: (expression) =>
      slot((line, word) => {
        const inside = indentOf(line) + 2;
        const value = `${' '.repeat(inside)}{{- toYaml . | nindent ${inside} }}`;
        return `{{- with ${expression} }}\n${line.replace(` ${word}`, '')}\n${value}\n{{- end }}`;
      }),
    fill(text) {
      const literal = text.replaceAll('{{', '{{ "{{" }}');
      return literal
        .split('\n')
        .map((line) => {
          const [word, index = ''] = /HELM-SLOT-([0-9]+)/.exec(line) ?? [];
          return word === undefined ? line : (writers[Number(index)]?.(line, word) ?? line);
        })
        .join('\n');
    },
  };
}

/** Of the key: in a list it stands behind the dash. */
const indentOf = (line: string) => /^[ -]*/.exec(line)?.[0].length ?? 0;
