// What the unfinished lines of all connections may take together: each is bounded by itself, but whoever opens thousands of connections
// and finishes no line would otherwise take thousands of times that.

export interface LineRoom {
  /** False when there is no room for so many bytes more; then none are taken. */
  take(bytes: number): boolean;
  give(bytes: number): void;
}

/** @param most Bytes. */
export function createLineRoom(most: number): LineRoom {
  let taken = 0;
  return {
    take(bytes) {
      if (taken + bytes > most) return false;
      taken += bytes;
      return true;
    },
    give: (bytes) => void (taken -= bytes),
  };
}
