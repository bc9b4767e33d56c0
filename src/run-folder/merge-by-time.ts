// Several files of events, each nearly in order of time, read as one, with a piece of each in memory.

interface Timed {
  readonly at: string;
}

/** Calls `take` for the events of all sources, earliest first as far as each source is in order itself. */
export async function mergeByTime<T extends Timed>(
  sources: readonly AsyncIterable<readonly T[]>[],
  take: (event: T) => void,
): Promise<void> {
  let heads = sources.map((source) => ({
    pieces: source[Symbol.asyncIterator](),
    piece: [] as readonly T[],
    next: 0,
  }));
  const atOf = ({ piece, next }: (typeof heads)[number]) => piece[next]?.at ?? '';
  for (;;) {
    for (const head of heads) {
      if (head.next < head.piece.length) continue;
      const result = await head.pieces.next();
      head.piece = result.done === true ? [] : result.value;
      head.next = 0;
    }
    heads = heads.filter(({ piece }) => piece.length > 0);
    // ISO 8601 in one zone sorts as text.
    const [first, second] = heads.toSorted((a, b) => Number(atOf(a) > atOf(b)) - Number(atOf(a) < atOf(b)));
    if (first === undefined) return;
    const until = second === undefined ? undefined : atOf(second);
    for (let event = first.piece[first.next]; event !== undefined; event = first.piece[first.next]) {
      if (until !== undefined && event.at > until) break;
      take(event);
      first.next += 1;
    }
  }
}
