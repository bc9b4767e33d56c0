// The data packets of some ports, kept in a ring in memory and told of connections in trouble only.
import { parseMicros, type Micros } from '../model/clock.ts';
import type { NodeEvent, Tuple } from '../model/node-event.ts';
import { messageOf } from '../model/problem.ts';
import type { CapturedPacket } from '../packets/captured-packet.ts';
import { createDataLooks, type DataLooks } from './data-looks.ts';
import { startDataRing } from './data-ring.ts';
import { keepRunning } from './keep-running.ts';
import type { WitnessContext } from './witness.ts';

export interface PortData {
  readonly named: string;
  /** What any witness told: of a connection in trouble the data is wanted. */
  hear(event: NodeEvent): void;
  /** A FIN of this connection passed: its data is wanted if a question is unanswered. */
  sawFin(tuple: Tuple, at: Micros): void;
  /** Ends when what was wanted has been told; resolves with what was not, in words. */
  stop(): Promise<readonly string[]>;
}

/** Packets in order of time; when a FIN left a question unanswered, microseconds, null where none did. */
export type OnData = (
  packets: readonly CapturedPacket[],
  flow: string,
  endsUnanswered: Micros | null,
) => void;

const trimEveryMs = 1_000;
/** So exactly is it known when packets were dropped. */
const checkEvery = 10;
/** What was in trouble just before the end is handed over by then. */
const finishWithinMs = 1_600;

/** The data of the ports that are to be captured, where a ring of it is wanted and can be had; why not, where it is wanted and cannot. */
export async function portDataOf(
  context: WitnessContext,
  onData: OnData,
): Promise<{ readonly data: PortData | undefined; readonly whyNot: string | null }> {
  const { ports, data } = context.capture;
  if (data !== 'ring' || ports.length === 0) return { data: undefined, whyNot: null };
  try {
    return { data: await keepPortData(context, onData), whyNot: null };
  } catch (error) {
    const whyNot = `data packets are read one by one, which costs far more than to hold them in memory: ${messageOf(error)}`;
    return { data: undefined, whyNot };
  }
}

async function keepPortData(context: WitnessContext, onData: OnData): Promise<PortData> {
  const ports = context.capture.ports;
  const named = `data packets of ${ports.length === 1 ? 'port' : 'ports'} ${ports.join(', ')}`;
  const say = (text: string) => context.limited(`${named}: ${text}`, null);
  let isOver = false;
  const failed = (text: string, final: boolean) => {
    isOver ||= final;
    say(final ? `${text}; none are told from now on` : text);
  };
  const kept = await keepRunning(
    { failed, limited: say },
    {
      name: 'tcpdump',
      start: () => startDataRing(context.proc, ports),
      ended: (ring) => {
        void ring.close();
        return `tcpdump ended: ${ring.program.lastWords()}`;
      },
    },
  );
  const ring = () => kept.current();
  const looks = createDataLooks({
    ring: () => (isOver ? undefined : ring()),
    ports: new Set(ports),
    now: () => context.clock.now(),
    onData,
  });
  const said = new Set<string>();
  const tellOnce = ({ text }: NotTold) => {
    if (said.size < said.add(text).size) say(text);
  };
  let turns = 0;
  let timer: NodeJS.Timeout | undefined;
  let trimming = Promise.resolve();
  const turn = () => {
    trimming = ring()
      .trim()
      .catch(async (error: unknown) => {
        // It is begun anew, empty.
        if (isOver) return;
        say(messageOf(error));
        await ring().program.stop();
      })
      .then(() => {
        if (!isOver) timer = setTimeout(turn, trimEveryMs);
      });
    for (const one of notTold(looks)) tellOnce(one);
    turns += 1;
    if (turns % checkEvery === 0) looks.check();
  };
  timer = setTimeout(turn, trimEveryMs);

  return {
    named,
    hear(event) {
      const tuple = inTrouble(event);
      if (tuple !== null && tuple.sport !== 0 && tuple.dport !== 0)
        looks.want(tuple, parseMicros(event.at), 'trouble');
    },
    sawFin: (tuple, at) => looks.want(tuple, at, 'fin'),
    async stop() {
      await looks.finish(finishWithinMs);
      await trimming;
      clearTimeout(timer);
      await kept.stop();
      await ring().close();
      return notTold(looks).map(({ text, count }) => `${named}: ${text} (${count})`);
    },
  };
}

interface NotTold {
  readonly text: string;
  /** Connections in trouble. */
  readonly count: number;
}

const notTold = ({ leftOut, unsure }: DataLooks): NotTold[] =>
  [
    {
      text: 'too many connections were in trouble at once for those of each to be looked for',
      count: leftOut,
    },
    { text: 'some were lost, and of connections in trouble just then none are told', count: unsure },
  ].filter(({ count }) => count > 0);

/** The connection that it tells a trouble of; null for none. */
function inTrouble(event: NodeEvent): Tuple | null {
  switch (event.event) {
    case 'packet':
      return event.flags.includes('R') ? event.tuple : null;
    case 'icmp-error':
      return event.tuple;
    case 'kernel':
      return troubles.has(event.tracepoint) ? event.tuple : null;
    case 'socket':
      return event.change === 'destroyed' && endsInTrouble(event) ? event.tuple : null;
    default:
      return null;
  }
}

const troubles: ReadonlySet<string> = new Set(['send-reset', 'receive-reset', 'socket-error', 'retransmit']);

/** Something was left in its queues, or its client was owed an answer. */
const endsInTrouble = ({
  unsent,
  unread,
  side,
  lastData,
}: Extract<NodeEvent, { event: 'socket' }>): boolean =>
  (unsent ?? 0) > 0 ||
  (unread ?? 0) > 0 ||
  (side === 'client' && lastData === 'sent') ||
  (side === 'server' && lastData === 'received');
