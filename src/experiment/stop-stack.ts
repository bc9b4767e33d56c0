// What was started is stopped in reverse order, each once, whether the run ends well or not.

type Stop = () => Promise<void>;

export class StopStack {
  readonly #stops: Stop[] = [];

  /** Remembers how to stop something; the function returned does it now, and then it is not done again. */
  onStop(stop: Stop): Stop {
    let under: Promise<void> | undefined;
    const once = () => (under ??= stop());
    this.#stops.push(once);
    return once;
  }

  /** Stops everything that still runs, last started first. A failing stop does not keep the others from it. */
  async stop(): Promise<void> {
    for (const stop of this.#stops.toReversed()) await stop().catch(() => undefined);
  }
}
