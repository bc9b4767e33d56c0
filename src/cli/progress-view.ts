// What the user sees while a run lasts: on a terminal a progress bar and a row per class, elsewhere plain lines now and then.
import { formatDuration } from '../model/duration.ts';
import type { ClassSummary } from '../model/run-record.ts';
import { isDumb } from './terminal-style.ts';

export interface ViewOptions {
  readonly stream: NodeJS.WriteStream;
  readonly durationMs: number;
  /** The state of each class so far. */
  readonly classes: () => readonly ClassSummary[];
}

export interface View {
  /** A new stage of the run, in words. */
  stage(text: string): void;
  /** Something that must stay on the screen, a whole sentence. */
  note(text: string): void;
  /** The clients have started: the bar begins to move. */
  started(): void;
  /** Takes the live rows away; nothing is drawn after it. */
  end(): void;
}

const barWidth = 30;
const drawEveryMs = 100;
const plainEveryMs = 5_000;

export function createView(options: ViewOptions): View {
  return options.stream.isTTY && !isDumb() ? liveView(options) : plainView(options);
}

function plainView({ stream, classes, durationMs }: ViewOptions): View {
  const begun = performance.now();
  let timer: NodeJS.Timeout | undefined;
  const say = (text: string) => stream.write(`${seconds(performance.now() - begun)}  ${text}\n`);
  return {
    stage: say,
    note: (text) => stream.write(`netdebug: ${text}\n`),
    started() {
      const since = performance.now();
      timer = setInterval(() => {
        const counts = classes().map(
          (one) => `${one.name} ${one.answered ?? 0} answered, ${one.resets} resets`,
        );
        say(
          `${formatDuration(Math.round((performance.now() - since) / 1_000) * 1_000)} of ${formatDuration(durationMs)}: ${counts.join('; ')}`,
        );
      }, plainEveryMs);
    },
    end: () => clearInterval(timer),
  };
}

function liveView({ stream, classes, durationMs }: ViewOptions): View {
  let drawn = 0;
  let stage = '';
  let since: number | undefined;
  const clear = () => {
    if (drawn > 0) stream.write(`\x1b[${drawn}A\x1b[0J`);
    drawn = 0;
  };
  const draw = () => {
    const columns = stream.getWindowSize()[0];
    const lines = [
      stage,
      ...(since === undefined ? [] : liveLines(performance.now() - since, durationMs, classes())),
    ];
    clear();
    stream.write(lines.map((line) => `${line.slice(0, Math.max(20, columns - 1))}\n`).join(''));
    drawn = lines.length;
  };
  const timer = setInterval(draw, drawEveryMs);
  return {
    stage(text) {
      stage = text;
      draw();
    },
    note(text) {
      clear();
      stream.write(`netdebug: ${text}\n`);
      draw();
    },
    started() {
      since = performance.now();
    },
    end() {
      clearInterval(timer);
      clear();
    },
  };
}

function liveLines(elapsedMs: number, durationMs: number, classes: readonly ClassSummary[]): string[] {
  const share = Math.min(1, elapsedMs / durationMs);
  const full = Math.round(share * barWidth);
  const bar = `[${'#'.repeat(full)}${'.'.repeat(barWidth - full)}]`;
  const width = Math.max(10, ...classes.map((one) => one.name.length));
  return [
    `${bar} ${seconds(Math.min(elapsedMs, durationMs)).trim()} of ${formatDuration(durationMs)}`,
    `${''.padEnd(width)}  ${'answered'.padStart(8)} ${'resets'.padStart(8)} ${'episodes'.padStart(9)}`,
    ...classes.map(
      (one) =>
        `${one.name.padEnd(width)}  ${String(one.answered ?? 0).padStart(8)} ${String(one.resets).padStart(8)} ${String(one.episodes).padStart(9)}`,
    ),
  ];
}

const seconds = (milliseconds: number) => `${(milliseconds / 1_000).toFixed(1).padStart(6)}s`;
