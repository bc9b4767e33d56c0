// Whether two flows wanted one translation: the entry of what was sent could not be made, as another flow had its address and port already;
// or another flow got those of this connection, whose own entry had run out.
import { parseMicros, type Micros } from '../../model/clock.ts';
import type { CountersEvent, PacketEvent } from '../../model/node-event.ts';
import { wasThere, type Entry } from '../connections/entry-index.ts';
import type { Story } from '../connections/story.ts';
import { counterLine, rose } from './counters.ts';
import {
  asEvidence,
  captureGap,
  conclusion,
  entriesGap,
  no,
  notSeen,
  unknown,
  yes,
  type Look,
} from './fact.ts';

const failures = /^insert_failed$/;

/** No attempt to connect is made for longer: tcp_syn_retries. */
const longestAttempt: Micros = 130_000_000;

/** Some flow's entry could not be made meanwhile, on a node that this connection crossed; of any protocol. */
export const insertionFailed: Look = (story) => {
  if (!story.available.has('conntrack-stats')) return unknown('conntrack-stats');
  const moved = countersMeanwhile(story).filter(isFailure);
  if (moved.length > 0) return yes(...moved.slice(0, 2).map((event) => counterLine(event, failures)));
  return notSeen(story, 'conntrack-stats');
};

/** An attempt to connect was never well: all of it counts, and where no packet shows when it began it may have been long. */
function countersMeanwhile({ lost, packets, counters, nodes, slack }: Story): readonly CountersEvent[] {
  if (lost.phase !== 'connecting' || lost.bornAt < lost.failedAt) return counters;
  const [first] = packets;
  const since = first === undefined ? lost.failedAt - longestAttempt : parseMicros(first.at);
  return nodes.counters.within(since - slack, lost.failedAt + slack);
}

/**
 * One could not be made each time that this connection sent in vain, where its packets come into its node: twice at least, as once is
 * somebody else's on many a node.
 */
export const insertionFailedEachTime: Look = (story) => {
  const gap = captureGap(story);
  if (gap !== null) return unknown(gap);
  const { clientInterface: entrance, nodes, slack } = story;
  if (entrance === null) return unknown('capture-at-client');
  if (!nodes.ran('conntrack-stats', entrance.node)) return unknown('conntrack-stats');
  const tries = triesOf(story, entrance);
  const [first] = tries;
  if (first === undefined || tries.length < 2)
    return insertionFailed(story).seen === 'no' ? no() : unknown('rest-of-connection');
  // What leaves the node has an entry, or is seen going out under the client's own name.
  if (!nodes.ran('conntrack-events', entrance.node)) return unknown('conntrack-events');
  if (story.firsts.some(({ madeAt }) => madeAt >= parseMicros(first.at) - slack)) return no();
  const left = story.packets.find(
    (packet) =>
      packet.node === entrance.node &&
      packet.direction === 'out' &&
      !story.goesToClient(packet) &&
      tries.some(({ seq }) => seq === packet.seq),
  );
  if (left !== undefined) return no(asEvidence(left));
  const moved = nodes.counters
    .within(parseMicros(first.at) - slack, story.lost.failedAt + slack)
    .filter((event) => event.node === entrance.node && isFailure(event));
  const ofTries = tries.map((one) => moved.find((event) => covers(event, parseMicros(one.at))));
  const found = [...new Set(ofTries.flatMap((event) => event ?? []))];
  if (ofTries.includes(undefined)) return found.length === 0 ? notSeen(story, 'conntrack-stats') : no();
  // Each failed by itself: one reading that counts fewer than it has of them counted others' at most.
  const counted = found.reduce((sum, { changes }) => sum + (changes['insert_failed'] ?? 0), 0);
  if (counted < tries.length) return no();
  return yes(
    ...tries.slice(0, 2).map(asEvidence),
    ...found.slice(0, 2).map((event) => counterLine(event, failures)),
    conclusion(story, `sent ${tries.length} times in vain, and each time an entry could not be made`),
  );
};

/** After this connection's entry had run out, another flow was translated to the very address and port that its server knows it by. */
export const translationTaken: Look = (story) => {
  const { available, firsts, second, lost, nodes, slack } = story;
  const own = [...firsts, ...second];
  if (!available.has('conntrack-events') || own.length === 0) return unknown(entriesGap(story));
  for (const entry of own) {
    if (!wasThere(entry, lost.lastGoodAt, slack) || !hasRunOut(entry)) continue;
    const taker = nodes.entries
      .answeredAs(entry)
      .find(
        ({ made, madeAt }) =>
          made !== null && madeAt >= entry.destroyedAt - slack && madeAt <= lost.failedAt + slack,
      );
    const made = taker?.made ?? null;
    if (made !== null)
      return yes(...(entry.destroyed === null ? [] : [asEvidence(entry.destroyed)]), asEvidence(made));
  }
  return notSeen(story, 'conntrack-events');
};

const hasRunOut = ({ destroyed }: Entry): boolean =>
  destroyed?.state === 'ESTABLISHED' && !destroyed.deletedByProgram;

/** What the client sent since all was well, as it came in there, each once. */
function triesOf(
  { packets, lost, goesToClient }: Story,
  entrance: { readonly node: string; readonly name: string },
): PacketEvent[] {
  // An attempt has a port of its own: whatever was sent from it is this one's.
  const since = lost.phase === 'connecting' ? Number.NEGATIVE_INFINITY : lost.lastGoodAt + settled;
  return packets.filter(
    (packet) =>
      packet.node === entrance.node &&
      packet.interface === entrance.name &&
      packet.direction === 'in' &&
      !goesToClient(packet) &&
      (packet.flags.includes('S') || packet.payloadLength > 0) &&
      parseMicros(packet.at) > since &&
      parseMicros(packet.at) < lost.failedAt,
  );
}

/** The question whose answer was the last good moment came before that, by the client's own clock. */
const settled: Micros = 1_000;

const isFailure = (event: CountersEvent): boolean =>
  event.source === 'conntrack-stats' && rose(event, failures);

/** Stamps of two tools on one node; a reading is stamped once it is done. */
const stampSlack: Micros = 30_000;

const covers = ({ since, at }: CountersEvent, moment: Micros): boolean =>
  parseMicros(since) - stampSlack <= moment && moment <= parseMicros(at) + stampSlack;
