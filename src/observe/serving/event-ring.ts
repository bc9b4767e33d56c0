// What was told lately, numbered and held for whoever comes back after a while: bounded in bytes and in time, the oldest goes first.

interface HeldLine {
  readonly number: number;
  readonly line: string;
}

export interface EventRing {
  /** Numbers it, from 1 on. Returns it as it is held. */
  add(line: (number: number) => string, at: number): HeldLine;
  /** What is held after that number, the oldest first. */
  after(number: number): readonly HeldLine[];
  /** How many of those after that number are not held any more. */
  lostAfter(number: number): number;
  /** Of the latest; 0 before the first. */
  readonly last: number;
  readonly bytes: number;
}

/** @param keepMs What is older is let go of; times are milliseconds of a clock that never goes back. */
export function createEventRing({
  mostBytes,
  keepMs,
}: {
  readonly mostBytes: number;
  readonly keepMs: number;
}): EventRing {
  let held: (HeldLine & { readonly at: number })[] = [];
  // What is let go of stands at the front until there is enough of it to be moved away.
  let start = 0;
  let last = 0;
  let bytes = 0;
  const forget = (now: number) => {
    for (let first = held[start]; first !== undefined; first = held[start]) {
      if (bytes <= mostBytes && first.at >= now - keepMs) break;
      bytes -= first.line.length;
      start += 1;
    }
    if (start < 1_024 || start < held.length / 2) return;
    held = held.slice(start);
    start = 0;
  };
  const firstHeld = () => held[start]?.number ?? last + 1;
  return {
    add(line, at) {
      last += 1;
      const text = line(last);
      const added = { number: last, line: text, at };
      held.push(added);
      bytes += text.length;
      forget(at);
      return added;
    },
    after: (number) => held.slice(start + Math.max(0, number + 1 - firstHeld())),
    lostAfter: (number) => Math.max(0, firstHeld() - 1 - number),
    get last() {
      return last;
    },
    get bytes() {
      return bytes;
    },
  };
}
