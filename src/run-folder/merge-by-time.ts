// Several files of events, each nearly in order of time, read as one, with a piece of each in memory.

interface Timed {
  readonly at: string;
}

interface Head<T> {
  readonly pieces: AsyncIterator<readonly T[]>;
  piece: readonly T[];
  next: number;
}

/** Calls `take` for the events of all sources, earliest first as far as each source is in order itself. */
export async function mergeByTime<T extends Timed>(
  sources: readonly AsyncIterable<readonly T[]>[],
  take: (event: T) => void,
): Promise<void> {
  let heads = sources.map((source): Head<T> => ({
    pieces: source[Symbol.asyncIterator](),
    piece: [],
    next: 0,
  }));
  for (;;) {
    for (const head of heads) if (head.next >= head.piece.length) await refill(head);
    heads = heads.filter((head) => head.piece.length > 0);
    const [first, second] = heads.toSorted((a, b) => compare(a, b));
    if (first === undefined) return;
    takeUntil(first, second, take);
  }
}

/** An empty piece says that the source has ended. */
async function refill<T>(head: Head<T>): Promise<void> {
  const result = await head.pieces.next();
  head.piece = result.done === true ? [] : result.value;
  head.next = 0;
}

function takeUntil<T extends Timed>(
  head: Head<T>,
  other: Head<T> | undefined,
  take: (event: T) => void,
): void {
  const until = other?.piece[other.next]?.at;
  for (let event = head.piece[head.next]; event !== undefined; event = head.piece[head.next]) {
    // ISO 8601 in one zone sorts as text.
    if (until !== undefined && event.at > until) return;
    take(event);
    head.next += 1;
  }
}

function compare<T extends Timed>(a: Head<T>, b: Head<T>): number {
  const [left, right] = [a.piece[a.next]?.at ?? '', b.piece[b.next]?.at ?? ''];
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
