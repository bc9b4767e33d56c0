// Notices when the agent itself did not run (a starved CPU, a stopped process): what failed then is nobody else's fault.

export interface Stall {
  /** Monotonic milliseconds. */
  readonly fromMs: number;
  readonly toMs: number;
}

export interface StallWatch {
  /** Stalls of the last minutes, oldest first. */
  recent(): readonly Stall[];
  /** Looks at once; what is measured afterwards knows of a stall that has just ended. */
  look(): void;
  stop(): void;
}

const intervalMs = 100;
/** From this lateness on it is a stall. */
export const stallMs = 1_000;
const rememberMs = 10 * 60_000;

/**
 * @param onTick Called at every tick with how late it came, in milliseconds; after a stall this is the first thing to run, since
 * Node runs due timers before it reads sockets.
 */
export function watchStalls(nowMs: () => number, onTick: (lateMs: number) => void): StallWatch {
  const stalls: Stall[] = [];
  let lastMs = nowMs();
  const look = () => {
    const now = nowMs();
    const lateMs = Math.max(0, now - lastMs - intervalMs);
    if (lateMs >= stallMs) stalls.push({ fromMs: lastMs, toMs: now });
    while (stalls[0] !== undefined && now - stalls[0].toMs > rememberMs) stalls.shift();
    lastMs = now;
    return lateMs;
  };
  const timer = setInterval(() => onTick(look()), intervalMs);
  return { recent: () => stalls, look: () => void look(), stop: () => clearInterval(timer) };
}
