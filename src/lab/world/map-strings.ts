// Plain data with all its strings changed: how a world is moved to other addresses.

/** The same value with each of its strings, keys left as they are, made into another. */
export function mapStrings<T>(value: T, map: (text: string) => string): T {
  if (typeof value === 'string') return map(value) as T;
  if (Array.isArray(value)) return value.map((item: unknown) => mapStrings(item, map)) as T;
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, item]: [string, unknown]) => [key, mapStrings(item, map)]);
  return Object.fromEntries(entries) as T;
}
