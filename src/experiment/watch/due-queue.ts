// What is to be looked at when: the next one is found without looking at those that wait.

export interface DueQueue<T> {
  /** An item waits once: it is due at the time that was said last. */
  put(item: T, at: number): void;
  remove(item: T): void;
  /** At most `most` of those that are due by then, the earliest first; they wait no longer. */
  take(by: number, most: number): T[];
  /** When it is due; undefined where it does not wait. */
  when(item: T): number | undefined;
}

export function createDueQueue<T>(): DueQueue<T> {
  const due = new Map<T, number>();
  // A heap; what was put again or removed stays in it until its old time is reached.
  const heap: { readonly item: T; readonly at: number }[] = [];
  const timeAt = (place: number) => heap[place]?.at ?? Number.POSITIVE_INFINITY;
  const swap = (a: number, b: number) => {
    const [one, other] = [heap[a], heap[b]];
    if (one === undefined || other === undefined) return;
    [heap[a], heap[b]] = [other, one];
  };
  const pop = () => {
    const [first] = heap;
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    heap[0] = last;
    for (let place = 0; ;) {
      const [left, right] = [2 * place + 1, 2 * place + 2];
      const least = timeAt(right) < timeAt(left) ? right : left;
      if (timeAt(least) >= timeAt(place)) return first;
      swap(place, least);
      place = least;
    }
  };
  return {
    put(item, at) {
      if (due.get(item) === at) return;
      due.set(item, at);
      heap.push({ item, at });
      for (let place = heap.length - 1; place > 0;) {
        const above = (place - 1) >> 1;
        if (timeAt(above) <= timeAt(place)) return;
        swap(above, place);
        place = above;
      }
    },
    remove: (item) => void due.delete(item),
    take(by, most) {
      const taken: T[] = [];
      while (heap.length > 0 && taken.length < most && timeAt(0) <= by) {
        const next = pop();
        if (next === undefined || due.get(next.item) !== next.at) continue;
        due.delete(next.item);
        taken.push(next.item);
      }
      return taken;
    },
    when: (item) => due.get(item),
  };
}
