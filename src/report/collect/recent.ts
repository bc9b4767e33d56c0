// A map that forgets what was used least recently when it is full.

export interface Recent<T> {
  get(key: string): T | undefined;
  set(key: string, value: T): void;
  getOrMake(key: string, make: () => T): T;
}

/** Holds at most `limit` values. */
export function createRecent<T>(limit: number): Recent<T> {
  const values = new Map<string, T>();

  function set(key: string, value: T): void {
    // A map lists its keys in the order in which they were put in.
    values.delete(key);
    values.set(key, value);
    if (values.size <= limit) return;
    const [oldest] = values.keys();
    if (oldest !== undefined) values.delete(oldest);
  }

  return {
    get: (key) => values.get(key),
    set,
    getOrMake(key, make) {
      const value = values.get(key) ?? make();
      set(key, value);
      return value;
    },
  };
}
