// What moved between two readings of the same counters.

export type Counters = Readonly<Record<string, number>>;

/** Name → increase, for those that grew. A counter that fell was set back, and counts from zero. */
export function increases(before: Counters, after: Counters): Record<string, number> {
  const moved: Record<string, number> = {};
  for (const [name, value] of Object.entries(after)) {
    const old = before[name] ?? 0;
    const grown = value >= old ? value - old : value;
    if (grown > 0) moved[name] = grown;
  }
  return moved;
}

/** `TcpOutRsts +1, TcpEstabResets +2` */
export function describeIncreases(moved: Counters): string {
  return Object.entries(moved)
    .map(([name, by]) => `${name} +${by}`)
    .join(', ');
}
