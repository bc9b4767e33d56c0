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
  /** Connections that ended so, of too many at once not all; and the shortest silence before that. */
  readonly lost: number;
  readonly shortestLost: Micros;
  /** The longest silence that each of the others survived that were there before this one fell silent and answered since, in falling order. */
  readonly lived: readonly Micros[];
  /**
   * How probable it is that moments at which everything ended that was there came, each time, just between the last answer to any of the
   * others and the next use of a silent one; 1 where a single moment, such as a restart, explains all losses.
   */
  readonly coincidence: number;
  /** The longest that any survived, also of those that were lost later, for certain and at most; -1 where none did. */
  readonly longestSurvived: Micros;
  readonly survivedAtMost: Micros;
}

type HowLost = Pick<LostAfterSilence, 'at' | 'tuple' | 'silence' | 'ended'>;

interface Between extends Ends {
  readonly living: Set<Silent>;
  longestSurvived: Micros;
  survivedAtMost: Micros;
  lost: number;
  shortestLost: Micros;
  coincidence: number;
  /** Until then what was lost last may have ended at the same moment as what is lost next. */
  momentEnds: Micros;
  /** The last that was not told of. */
  untold: { readonly how: HowLost; readonly now: Micros } | null;
  /** Others may be counted anew under the same names: what its own would say is a part of it. */
  isForgotten: boolean;
}

/** What is known of one connection; whoever counts has more of it. */
export interface Silent {
  /** Null where nothing tells which of its ends is the client. */
  readonly between: Between | null;
  /** Since when it is known to be there, and when it was last answered, by one clock. */
  readonly since: Micros;
  answeredAt: Micros;
  /** The longest silence, at most; -1 while none was. */
  survived: Micros;
  /** It ended, or was told of as lost. */
  isOver: boolean;
}

export interface SilencesBetween {
  /** `now`, here and below: by one clock, that of `at` unless said otherwise. */
  open(ends: Ends | null, now: Micros): Silent;
  /** It was used after that, and answered at `now`. `atMost`: where it may have been silent for longer than is certain. */
  answered(one: Silent, silence: Micros, now: Micros, atMost?: Micros): void;
  lose(one: Silent, how: HowLost, now?: Micros): void;
  /** It ended in some other way, or is forgotten. */
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
      ...{ living: new Set<Silent>(), longestSurvived: -1, survivedAtMost: -1 },
      ...{ isForgotten: false, lost: 0, shortestLost: Number.POSITIVE_INFINITY, untold: null },
      ...{ coincidence: 1, momentEnds: Number.NEGATIVE_INFINITY },
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
    open: (ends, now) => ({
      ...{ between: ends === null ? null : betweenOf(ends), since: now, answeredAt: now },
      ...{ survived: -1, isOver: false },
    }),
    answered(one, silence, now, atMost = silence) {
      const { between } = one;
      if (between === null) return;
      one.answeredAt = now;
      one.survived = Math.max(one.survived, atMost);
      between.survivedAtMost = Math.max(between.survivedAtMost, atMost);
      between.longestSurvived = Math.max(between.longestSurvived, silence);
      between.living.add(one);
    },
    lose(one, how, now = how.at) {
      const { between } = one;
      one.isOver = true;
      if (between === null || between.isForgotten) return;
      between.living.delete(one);
      between.shortestLost = Math.min(between.shortestLost, how.silence);
      if (Math.abs(how.at - second) >= 1e6) [second, told] = [how.at, 0];
      told += 1;
      between.untold = told <= toldPerSecond ? null : { how, now };
      if (between.untold !== null) return;
      const others = usedMeanwhile(between, now - how.silence);
      between.lost += 1;
      noteMoment(between, how.silence, others, now);
      onLost(eventOf(between, how, others));
    },
    drop(one) {
      one.isOver = true;
      one.between?.living.delete(one);
    },
    end() {
      for (const between of pairs.values()) {
        if (between.untold === null) continue;
        const { how, now } = between.untold;
        onLost(eventOf(between, how, usedMeanwhile(between, now - how.silence)));
      }
    },
  };
}

/** Those that were there before, and were answered since. */
const usedMeanwhile = ({ living }: Between, from: Micros): Silent[] =>
  [...living].filter(({ since, answeredAt }) => since <= from && answeredAt > from);

/** What ends all that is there did so after the last answer to any other, and before this use: or nothing of that kind did. */
function noteMoment(between: Between, silence: Micros, others: readonly Silent[], now: Micros): void {
  const from = Math.max(now - silence, ...others.map(({ answeredAt }) => answeredAt));
  if (from < between.momentEnds) return;
  between.momentEnds = now;
  if (silence > 0) between.coincidence *= Math.min(1, (now - from) / silence);
}

function eventOf(between: Between, how: HowLost, others: readonly Silent[]): LostAfterSilence {
  const { client, server, lost, shortestLost, coincidence, longestSurvived, survivedAtMost } = between;
  const lived = others.map(({ survived }) => survived).sort((a, b) => b - a);
  return {
    ...{ ...how, client, server, lost, shortestLost, coincidence, longestSurvived, survivedAtMost },
    lived: lived.slice(0, mostLived),
  };
}

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
    `so, after ${seconds(shortestLost)} or more; ${lived.length} others, used meanwhile, survived ${seconds(lived[0] ?? 0)} at most`;
  const event: LineEvent<SilenceEvent> = {
    ...{ event: 'lost-after-silence', at: formatMicros(Math.floor(at)) },
    ...{ tuple, ended, client, server, lost },
    silenceMs: silence / 1_000,
    shortestLostMs: shortestLost / 1_000,
    livedMs: lived.map((micros) => micros / 1_000),
    coincidence: one.coincidence,
    longestSurvivedMs: Math.max(0, one.longestSurvived) / 1_000,
    survivedAtMostMs: Math.max(0, one.survivedAtMost) / 1_000,
  };
  return { event, text };
}

const seconds = (micros: Micros): string => `${(micros / 1e6).toFixed(3)} s of silence`;
