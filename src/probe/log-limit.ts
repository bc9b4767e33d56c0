// Bounds the log: of lines of one sort, so many may come at once and so many a second, and the rest is counted. A peer that floods
// us, or that we can't reach with thousands of connections, must not fill the disk that the log is on.

/** All of a mass reset of a thousand connections, twice over, and all answers of a fleet that probes 200 times a second. */
export const linesAtOnce = 2_000;
export const linesPerSecond = 200;
/** A line counts as one for so many characters begun: a peer chooses how long the lines are that are quoted from it. */
const charactersPerLine = 200;
/** Peers can't invent sorts without end: further ones share one. */
const mostSorts = 100;
const exampleLength = 120;

interface Sort {
  /** What may still be written; below 0 after a long line. */
  left: number;
  filledMs: number;
  /** Since it was last said. */
  leftOut: number;
  example: string;
}

export interface LogLimit {
  /** Whether a line is to be written; one that is not is counted. `nowMs` is monotonic. */
  admits(message: string, nowMs: number): boolean;
  /** One sentence for each sort of which lines were left out since the last time. */
  sums(): string[];
}

export function createLogLimit(): LogLimit {
  const sorts = new Map<string, Sort>();
  // Nearly all lines are like the one before.
  let lastMessage: string | undefined;
  let lastSort: Sort | undefined;
  let owing = 0;

  function sortFor(message: string, nowMs: number): Sort {
    if (message === lastMessage && lastSort !== undefined) return lastSort;
    const name = sortOf(message);
    let sort = sorts.get(name) ?? (sorts.size < mostSorts ? undefined : sorts.get(others));
    if (sort === undefined) {
      sort = { left: linesAtOnce, filledMs: nowMs, leftOut: 0, example: '' };
      sorts.set(sorts.size < mostSorts - 1 ? name : others, sort);
    }
    lastMessage = message;
    lastSort = sort;
    return sort;
  }

  return {
    admits(message, nowMs) {
      const sort = sortFor(message, nowMs);
      sort.left = Math.min(linesAtOnce, sort.left + ((nowMs - sort.filledMs) * linesPerSecond) / 1_000);
      sort.filledMs = nowMs;
      if (sort.left >= 1) {
        sort.left -= Math.max(1, Math.ceil(message.length / charactersPerLine));
        return true;
      }
      if (sort.leftOut === 0) sort.example = message;
      sort.leftOut += 1;
      owing += 1;
      return false;
    },
    sums() {
      if (owing === 0) return [];
      owing = 0;
      const said: string[] = [];
      for (const sort of sorts.values()) {
        if (sort.leftOut === 0) continue;
        said.push(`${sort.leftOut} more like this: ${shortened(sort.example)}`);
        sort.leftOut = 0;
      }
      return said;
    },
  };
}

const others = 'others';

/**
 * What lines that tell of the same thing have in common: all before the first digit, bracket or quoted text, where addresses and
 * peers' words begin, and after an address what stands behind its last digit.
 */
function sortOf(message: string): string {
  const start = message.search(/[0-9["]/);
  if (start === -1) return message.slice(0, exampleLength);
  const head = message.slice(0, start);
  if (message[start] === '"') return head;
  return `${head}#${/[^0-9]{0,80}$/.exec(message)?.[0] ?? ''}`;
}

function shortened(message: string): string {
  return message.length <= exampleLength ? message : `${message.slice(0, exampleLength)}…`;
}
