// Gives the connections of a class one numbering, though each process counts from 0 again after a restart of its container.
import { parseMicros, type Micros } from '../model/clock.ts';
import type { ClientEvent } from '../model/probe-event.ts';

export interface Numbering {
  /** The events of one pod, in the order of its log. */
  stream(): EventStream;
}

export interface EventStream {
  /**
   * The event with its connection renumbered. When it shows that a new process has begun, `finished` events come before it, for
   * the connections that the process before it held: nobody watched them any longer.
   */
  take(event: ClientEvent): ClientEvent[];
  /** Ends what is open: the pod is gone. */
  end(): ClientEvent[];
}

interface Open {
  readonly connectedAt: Micros;
  last: ClientEvent;
  answers: number;
}

interface Life {
  readonly firstAt: Micros;
  /** From the process's own number to that of the class. */
  readonly numbers: Map<number, number>;
  readonly open: Map<number, Open>;
  /** Connections whose end we wrote ourselves. */
  readonly ended: Set<number>;
}

/** One for each class. */
export function createNumbering(): Numbering {
  let next = 0;
  return { stream: () => createStream(() => next++) };
}

function createStream(newNumber: () => number): EventStream {
  const lives: Life[] = [];
  const newLife = (firstAt: Micros): Life => {
    const life = {
      firstAt,
      numbers: new Map<number, number>(),
      open: new Map<number, Open>(),
      ended: new Set<number>(),
    };
    lives.push(life);
    return life;
  };

  function take(event: ClientEvent): ClientEvent[] {
    const at = parseMicros(event.at);
    // The rest of an earlier process's log may come after the first lines of its successor.
    let life = lives.findLast((one) => one.firstAt <= at) ?? lives[0] ?? newLife(at);
    const endings: ClientEvent[] = [];
    if (begins(event) && life === lives.at(-1) && life.numbers.has(event.connection)) {
      endings.push(...endAll(life));
      life = newLife(at);
    }
    const known = life.numbers.get(event.connection);
    const connection = known ?? newNumber();
    if (known === undefined) life.numbers.set(event.connection, connection);
    if (life.ended.has(connection)) return endings;
    const renumbered = { ...event, connection };
    follow(life, renumbered, at);
    return [...endings, renumbered];
  }

  return {
    take,
    end: () => lives.flatMap(endAll),
  };
}

/** A process uses each number for one attempt to connect. */
function begins(event: ClientEvent): boolean {
  return event.event === 'connected' || (event.event === 'failed' && event.phase === 'connecting');
}

function follow(life: Life, event: ClientEvent, at: Micros): void {
  const open = life.open.get(event.connection);
  switch (event.event) {
    case 'connected':
      life.open.set(event.connection, { connectedAt: at, last: event, answers: 0 });
      break;
    case 'answered':
      if (open !== undefined) {
        open.last = event;
        open.answers = event.answers;
      }
      break;
    case 'failed':
    case 'finished':
      life.open.delete(event.connection);
      break;
  }
}

function endAll(life: Life): ClientEvent[] {
  const endings = [...life.open.values()].map(({ connectedAt, last, answers }): ClientEvent => {
    const { role, loopDelayMs, class: className, connection, slot, local, remote, at } = last;
    life.ended.add(connection);
    return {
      ...{ event: 'finished', at, loopDelayMs, role, class: className, connection, slot, local, remote },
      ...{ livedMs: Math.max(0, parseMicros(at) - connectedAt) / 1_000, answers },
    };
  });
  life.open.clear();
  return endings;
}
