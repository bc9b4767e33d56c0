// How long connections had said nothing when they were used again and that was their end, and what others between the same two ends survived:
// what forgets idle connections on the way has a bound between the two.
import { formatMicros, type Micros } from '../model/clock.ts';
import type { LineEvent, SilenceEvent, Tuple } from '../model/node-event.ts';

/** An address, and what it dialled as formatEndpoint writes it. */
export interface Ends {
  readonly client: string;
  readonly server: string;
}

/** All connections between two ends, as far as whoever counts has seen them. */
export interface LostAfterSilence extends Ends {
  readonly at: Micros;
  /** From whom what was said last. */
  readonly tuple: Tuple;
  readonly silence: Micros;
  readonly ended: SilenceEvent['ended'];
  /** Connections that ended so, this one among them, and the shortest silence before that. */
  readonly lost: number;
  readonly shortestLost: Micros;
  /** The longest silences that others survived, one of each that did not end so, the longest first; not of all where there are many. */
  readonly lived: readonly Micros[];
  /** The longest that any survived, also of those that were lost later, for certain and at most; -1 where none did. */
  readonly longestSurvived: Micros;
  readonly survivedAtMost: Micros;
}

interface Between extends Ends {
  readonly living: Set<Silent>;
  /** Of those that ended otherwise, or are forgotten. */
  past: Micros[];
  longestSurvived: Micros;
  survivedAtMost: Micros;
  lost: number;
  shortestLost: Micros;
  /** The last that was not told of. */
  untold: LostAfterSilence | null;
  /** Others may be counted anew under the same names: what its own would say is a part of it. */
  isForgotten: boolean;
}

/** What is known of one connection; whoever counts has more of it. */
export interface Silent {
  /** Null where nothing tells which of its ends is the client. */
  readonly between: Between | null;
  /** The longest silence, at most; -1 while none was. */
  survived: Micros;
  /** It ended, or was told of as lost. */
  isOver: boolean;
}

export interface SilencesBetween {
  open(ends: Ends | null): Silent;
  /** It was used after that, and answered. `atMost`: where it may have been silent for longer than is certain. */
  answered(one: Silent, silence: Micros, atMost?: Micros): void;
  lose(one: Silent, how: Pick<LostAfterSilence, 'at' | 'tuple' | 'silence' | 'ended'>): void;
  /** It ended in some other way, or is forgotten: what it survived it did. */
  settle(one: Silent): void;
  /** It ended, and shows nothing. */
  drop(one: Silent): void;
  /** Tells of those that are not told of yet. To be called once. */
  end(): void;
}

const mostPairs = 10_000;
const mostLived = 64;
/** Each is told with what all others survived. */
const toldPerSecond = 50;

export function createSilencesBetween(onLost: (lost: LostAfterSilence) => void): SilencesBetween {
  const pairs = new Map<string, Between>();
  let [second, told] = [0, 0];

  const betweenOf = (ends: Ends): Between => {
    const key = `${ends.client} ${ends.server}`;
    const known = pairs.get(key) ?? {
      ...ends,
      ...{ living: new Set<Silent>(), past: [], longestSurvived: -1, survivedAtMost: -1 },
      ...{ isForgotten: false, lost: 0, shortestLost: Number.POSITIVE_INFINITY, untold: null },
    };
    // Whoever connected last stands last.
    pairs.delete(key);
    pairs.set(key, known);
    for (const [oldest, one] of pairs) {
      if (pairs.size <= mostPairs) break;
      one.isForgotten = true;
      pairs.delete(oldest);
    }
    return known;
  };

  return {
    open: (ends) => ({ between: ends === null ? null : betweenOf(ends), survived: -1, isOver: false }),
    answered(one, silence, atMost = silence) {
      const { between } = one;
      if (between === null) return;
      one.survived = Math.max(one.survived, atMost);
      between.survivedAtMost = Math.max(between.survivedAtMost, atMost);
      between.longestSurvived = Math.max(between.longestSurvived, silence);
      between.living.add(one);
    },
    lose(one, how) {
      const { between } = one;
      one.isOver = true;
      if (between === null || between.isForgotten) return;
      between.living.delete(one);
      between.lost += 1;
      between.shortestLost = Math.min(between.shortestLost, how.silence);
      const { client, server, lost, shortestLost, longestSurvived, survivedAtMost } = between;
      if (Math.abs(how.at - second) >= 1e6) [second, told] = [how.at, 0];
      told += 1;
      const mayTell = told <= toldPerSecond;
      const lived = mayTell ? livedOf(between) : [];
      const event = {
        ...{ ...how, client, server, lost, shortestLost, lived },
        ...{ longestSurvived, survivedAtMost },
      };
      between.untold = mayTell ? null : event;
      if (mayTell) onLost(event);
    },
    settle(one) {
      const { between, survived } = one;
      one.isOver = true;
      if (between === null || !between.living.delete(one)) return;
      between.past.push(survived);
      if (between.past.length > 2 * mostLived) between.past = longestOf(between.past);
    },
    drop(one) {
      one.isOver = true;
      one.between?.living.delete(one);
    },
    end() {
      for (const between of pairs.values())
        if (between.untold !== null) onLost({ ...between.untold, lived: livedOf(between) });
    },
  };
}

const longestOf = (silences: readonly Micros[]): Micros[] =>
  silences.toSorted((a, b) => b - a).slice(0, mostLived);

const livedOf = ({ living, past }: Between): Micros[] =>
  longestOf([...past, ...[...living].map(({ survived }) => survived)]);

/** Clients take the higher ports where nobody saw who began. A convention; two of these alike tell nothing. */
const clientsPorts = 32_768;

/** Whether the sender is the client, by the ports alone; null where they do not tell. */
export const isFromClient = ({ sport, dport }: Tuple): boolean | null =>
  Math.min(sport, dport) >= clientsPorts || sport === dport ? null : sport > dport;

/** As an event, whose text says it in words. */
export function silenceEvent(one: LostAfterSilence): { event: LineEvent<SilenceEvent>; text: string } {
  const { at, tuple, silence, ended, client, server, lost, shortestLost, lived } = one;
  const { src, sport, dst, dport } = tuple;
  const end = ended === 'reset' ? 'was reset' : 'got no answer';
  const text =
    `${src}.${sport} > ${dst}.${dport} ${end} when it was used after ${seconds(silence)}; so far ${lost} from ${client} to ${server} ended ` +
    `so, after ${seconds(shortestLost)} or more; ${lived.length} others survived ${seconds(lived[0] ?? 0)} at most`;
  const event: LineEvent<SilenceEvent> = {
    ...{ event: 'lost-after-silence', at: formatMicros(Math.floor(at)) },
    ...{ tuple, ended, client, server, lost },
    silenceMs: silence / 1_000,
    shortestLostMs: shortestLost / 1_000,
    livedMs: lived.map((micros) => micros / 1_000),
    longestSurvivedMs: Math.max(0, one.longestSurvived) / 1_000,
    survivedAtMostMs: Math.max(0, one.survivedAtMost) / 1_000,
  };
  return { event, text };
}

const seconds = (micros: Micros): string => `${(micros / 1e6).toFixed(3)} s of silence`;
