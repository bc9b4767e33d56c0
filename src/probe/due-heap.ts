// A binary heap ordered by due time whose items know their place in it, so that any of them can be taken out again.

export interface HeapItem {
  /** Monotonic milliseconds. */
  dueMs: number;
  /** Index in the heap, -1 while outside; only this file writes it. */
  place: number;
}

/** Puts in an item that is outside. O(log n). */
export function insert<T extends HeapItem>(heap: T[], item: T): void {
  heap.push(item);
  rise(heap, item, heap.length - 1);
}

/** Takes out an item, wherever it is; does nothing for one that is outside. O(log n). */
export function remove<T extends HeapItem>(heap: T[], item: T): void {
  const hole = item.place;
  if (hole === -1) return;
  item.place = -1;
  const last = heap.pop();
  if (last === undefined || last === item) return;
  rise(heap, last, hole);
  sink(heap, last, last.place);
}

/** Moves the item from `at` towards the top until nothing above it is due later. */
function rise<T extends HeapItem>(heap: T[], item: T, at: number): void {
  while (at > 0) {
    const parentAt = (at - 1) >> 1;
    const parent = heap[parentAt];
    if (parent === undefined || parent.dueMs <= item.dueMs) break;
    settle(heap, parent, at);
    at = parentAt;
  }
  settle(heap, item, at);
}

/** Moves the item from `at` downwards until nothing below it is due earlier. */
function sink<T extends HeapItem>(heap: T[], item: T, at: number): void {
  for (;;) {
    const left = heap[2 * at + 1];
    const right = heap[2 * at + 2];
    const child = right !== undefined && left !== undefined && right.dueMs < left.dueMs ? right : left;
    if (child === undefined || child.dueMs >= item.dueMs) break;
    const childAt = child.place;
    settle(heap, child, at);
    at = childAt;
  }
  settle(heap, item, at);
}

function settle<T extends HeapItem>(heap: T[], item: T, at: number): void {
  heap[at] = item;
  item.place = at;
}
