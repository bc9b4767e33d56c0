// Lists by a key, as every index of the timeline is made of.

/** Puts an item at the end of its key's list. */
export function remember<T>(index: Map<string, T[]>, key: string, item: T): void {
  const list = index.get(key);
  if (list === undefined) index.set(key, [item]);
  else list.push(item);
}
