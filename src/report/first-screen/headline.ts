// The first sentence: clauses in the order of what matters, as many as a person reads at a glance.

const mostWords = 25;

const wordsIn = (text: string): number => text.split(' ').length;

/** One sentence. The first clause stands always, another one where there is room for it. */
export function headlineOf([first, ...others]: readonly [string, ...string[]]): string {
  const sentence = others.reduce((text, clause) => {
    const longer = `${text}; ${clause}`;
    return wordsIn(longer) > mostWords ? text : longer;
  }, first);
  return `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}.`;
}
