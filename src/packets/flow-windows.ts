// The times around the troubles of one flow of which packets are kept.

export interface Window {
  /** Microseconds since the epoch, both included. */
  from: number;
  until: number;
  /** Packets kept of it. */
  kept: number;
}

/** Of a flow whose stamps jump, the times that were wanted last. */
const mostWindows = 8;

export const windowAt = (windows: readonly Window[], at: number): Window | undefined =>
  windows.find(({ from, until }) => at >= from && at <= until);

/**
 * Wants one more time: windows that meet become one. Returns what is new of it, as far as it is one stretch; undefined when all of it
 * was wanted before.
 */
export function wantAlso(
  windows: Window[],
  from: number,
  until: number,
): { readonly from: number; readonly until: number } | undefined {
  const touched = windows.filter((window) => window.from <= until && window.until >= from);
  const [first, ...others] = touched;
  if (first === undefined) {
    windows.push({ from, until, kept: 0 });
    if (windows.length > mostWindows) windows.shift();
    return { from, until };
  }
  const before = { from: first.from, until: first.until };
  first.from = Math.min(first.from, from);
  first.until = Math.max(first.until, until);
  for (const other of others) {
    first.from = Math.min(first.from, other.from);
    first.until = Math.max(first.until, other.until);
    first.kept += other.kept;
    windows.splice(windows.indexOf(other), 1);
  }
  const [earlier, later] = [from < before.from, until > before.until];
  if (!earlier && !later) return undefined;
  return { from: earlier ? from : before.until, until: later ? until : before.from };
}
