// Lines that come in a burst are taken at once and worked off in between: whoever writes them must not wait for us.

export interface LineQueue {
  push(line: string): void;
  /** Works off what is left. */
  end(): void;
}

/** Between two looks at what else came: a line takes some tens of microseconds. */
const atOnce = 100;

/** `now`: microseconds since the Unix epoch; each line is handed on with when it came. */
export function createLineQueue(now: () => number, onLine: (line: string, at: number) => void): LineQueue {
  let waiting: { readonly line: string; readonly at: number }[] = [];
  let next = 0;
  let planned: NodeJS.Immediate | undefined;
  const work = (most: number) => {
    for (const last = Math.min(waiting.length, next + most); next < last; next += 1) {
      const one = waiting[next];
      if (one !== undefined) onLine(one.line, one.at);
    }
    planned = undefined;
    if (next < waiting.length) plan();
    else [waiting, next] = [[], 0];
  };
  const plan = () => (planned ??= setImmediate(work, atOnce));
  return {
    push(line) {
      waiting.push({ line, at: now() });
      plan();
    },
    end() {
      clearImmediate(planned);
      work(Number.POSITIVE_INFINITY);
    },
  };
}
