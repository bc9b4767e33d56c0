// A process that closes a connection while its kernel sends the same again and again has waited in vain: who kept silent ended it, and
// the close is what came of that. Known without a capture, by the times of what the kernel sent again.
import { parseMicros, type Micros } from '../../model/clock.ts';
import { shorter } from './ends-of-tuple.ts';
import type { SocketEvent, TupleEvent } from './kernel-index.ts';
import type { NodeTimeline } from './node-timeline.ts';
import { soonestRepetition } from './sent-in-vain.ts';
import { between } from './time-range.ts';
import { isSameEnd } from './told-by-kernels.ts';

/** tcp_retries2 lets a kernel send again for a quarter of an hour; the last minutes tell enough. */
const lookedBackFor: Micros = 180_000_000;
/** Each time-out is twice the last one, so long as nothing is acknowledged; ticks and a busy machine make it a little more or less. */
const [leastGrowth, mostGrowth] = [1.4, 3];
/** So many in a row are silence; one fewer where the socket tells that nothing came meanwhile. */
const enough = 3;

/** What was sent again in vain: the first time, and the last before the close. */
export interface SentAgain {
  readonly first: TupleEvent;
  readonly last: TupleEvent;
}

/**
 * What the kernel had sent again when the end's process closed it, after nothing came; undefined where it had an answer, or too little
 * tells of that.
 *
 * @param close The change of state that the process brought about.
 * @param end What the socket knew at its end, where that is told.
 */
export function sentAgainBeforeClose(
  close: TupleEvent,
  end: SocketEvent | undefined,
  nodes: NodeTimeline,
): SentAgain | undefined {
  const at = parseMicros(close.at);
  const again = between(shorter(close.tuple, nodes.kernel.of), at - lookedBackFor, at + lookedBackFor).filter(
    (event) => event.tracepoint === 'retransmit' && isSameEnd(event, close),
  );
  const run = runAround(again, close);
  const before = run.filter((event) => event.at < close.at);
  const [first, last] = [before[0], before.at(-1)];
  if (first === undefined || last === undefined || before.length < enough - 1) return undefined;
  const isOverdue = lag(last, close) > mostGrowth * lag(before.at(-2) ?? first, last);
  if (lag(first, last) < soonestRepetition || isOverdue) return undefined;
  const silence = end === undefined ? undefined : silenceWhenLastSent(end);
  if (silence !== undefined && silence < lag(first, last) - tick) return undefined;
  const isSilence = run.length >= enough || (silence !== undefined && end?.lastData === 'sent');
  return isSilence ? { first, last } : undefined;
}

/** Those that were sent again one after the other with nothing acknowledged between, till the close and on. */
function runAround(again: readonly TupleEvent[], close: TupleEvent): readonly TupleEvent[] {
  let run: TupleEvent[] = [];
  for (const event of again) {
    const [former, last] = [run.at(-2), run.at(-1)];
    const goesOn = last === undefined || former === undefined || grows(lag(former, last), lag(last, event));
    if (!goesOn && event.at > close.at) break;
    // What does not fit begins anew: the one before it may have been a probe for the tail, or another packet's.
    run = goesOn ? [...run, event] : [last, event];
  }
  return run;
}

const grows = (gap: Micros, next: Micros): boolean => next >= leastGrowth * gap && next <= mostGrowth * gap;
const lag = (from: TupleEvent, to: TupleEvent): Micros => parseMicros(to.at) - parseMicros(from.at);

/** The kernel counts in ticks. */
const tick: Micros = 20_000;

/**
 * How long nothing had come when the socket last sent, be it once more: its own line counts both from one moment, and is stamped late on
 * a busy machine.
 */
const silenceWhenLastSent = ({ lastSentMs, lastReceivedMs }: SocketEvent): Micros | undefined =>
  lastReceivedMs === null || lastSentMs === null ? undefined : (lastReceivedMs - lastSentMs) * 1_000;
