// Reads something at intervals, and less often when reading it takes long.

/** How often something is read. */
export interface Pace {
  readonly periodMs: number;
  /** Of the time that readings may take, waiting included: a long reading is followed by a long pause. */
  readonly share: number;
}

export interface SamplerOptions extends Pace {
  /** The same for readings that are asked for; default: `share`. */
  readonly shareWhenAsked?: number;
  /** So many of the readings that are asked for within half a minute may take more than their share: what they are asked for soon goes. */
  readonly urgent?: number;
  /** Monotonic milliseconds. */
  readonly monotonic: () => number;
  readonly sample: () => void | Promise<void>;
  readonly onError: (error: unknown) => void;
}

export interface Sampler {
  /** Reads now, unless a reading is under way or the last one is too recent for its share, or for a second. */
  soon(): void;
  /** Reads a last time; resolves when that is done. */
  stop(): Promise<void>;
}

const urgentWithinMs = 30_000;
/** Of this time at most, in the long run. */
const urgentShare = 0.02;

export function startSampler(options: SamplerOptions): Sampler {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  let stopped = false;
  let lastStart = -Infinity;
  let lastTook = 0;
  let urgent: number[] = [];

  /** Whether one more reading that is asked for may take more than its share. */
  const isUrgent = (now: number): boolean => {
    const { urgent: most = 0 } = options;
    urgent = urgent.filter((at) => now - at < Math.max(urgentWithinMs, (most * lastTook) / urgentShare));
    return urgent.length < most;
  };
  const readOnce = async () => {
    lastStart = options.monotonic();
    try {
      await options.sample();
    } catch (error) {
      options.onError(error);
    }
  };
  const read = () => {
    clearTimeout(timer);
    running = readOnce().finally(() => {
      running = undefined;
      if (stopped) return;
      lastTook = options.monotonic() - lastStart;
      const pause = Math.max(options.periodMs - lastTook, lastTook / options.share, 1);
      timer = setTimeout(read, pause);
    });
  };
  timer = setTimeout(read, options.periodMs);
  return {
    soon() {
      if (stopped || running !== undefined) return;
      const now = options.monotonic();
      const least = Math.min(options.periodMs, 1_000);
      if (now - lastStart < least) return;
      const isDue = now - lastStart >= lastTook / (options.shareWhenAsked ?? options.share);
      if (!isDue && !isUrgent(now)) return;
      urgent.push(now);
      read();
    },
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await running;
      await readOnce();
    },
  };
}
