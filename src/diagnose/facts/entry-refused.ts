// Whether the node that the client is on failed to make an entry for what was sent each time that it was sent, be it for want of a port or
// of a place: then none of it left that node, whatever became of others'.
import { parseMicros, type Micros } from '../../model/clock.ts';
import type { CountersEvent, PacketEvent } from '../../model/node-event.ts';
import type { Entrance } from '../connections/packet-index.ts';
import type { Story } from '../connections/story.ts';
import { counterLine, rose } from './counters.ts';
import { asEvidence, captureGap, conclusion, no, notSeen, unknown, yes, type Look } from './fact.ts';

type Changes = CountersEvent['changes'];

/** What conntrack counts of one way to fail. */
interface Refusal {
  readonly counter: RegExp;
  /** How many packets were refused so, of what moved between two readings. */
  readonly refused: (changes: Changes) => number;
  readonly inWords: string;
}

/** The address and port that its translation wants are another's. */
export const insertionFailedEachTime = refusedEachTime({
  counter: /^insert_failed$/,
  refused: ({ insert_failed: failed = 0 }) => failed,
  inWords: 'an entry could not be made',
});

/** The table has no place; what failed to be inserted counts as dropped, too. */
export const noPlaceEachTime = refusedEachTime({
  counter: /^drop$/,
  refused: ({ drop = 0, insert_failed: failed = 0 }) => drop - failed,
  inWords: 'the table had no place for its entry',
});

/** Twice at least, where its packets come into its node: once is somebody else's on many a node. */
function refusedEachTime({ counter, refused, inWords }: Refusal): Look {
  const isRefusal = ({ source, changes }: CountersEvent) =>
    source === 'conntrack-stats' && refused(changes) > 0;
  return (story) => {
    const gap = captureGap(story);
    if (gap !== null) return unknown(gap);
    const { clientInterface: entrance, nodes, slack } = story;
    if (entrance === null) return unknown('capture-at-client');
    if (!nodes.ran('conntrack-stats', entrance.node)) return unknown('conntrack-stats');
    const tries = triesOf(story, entrance);
    const [first] = tries;
    if (first === undefined || tries.length < 2) {
      const none =
        !countersMeanwhile(story).some(isRefusal) && notSeen(story, 'conntrack-stats').seen === 'no';
      return none ? no() : unknown('rest-of-connection');
    }
    // What leaves the node has an entry, or is seen going out under the client's own name.
    if (!nodes.ran('conntrack-events', entrance.node)) return unknown('conntrack-events');
    const begun = parseMicros(first.at);
    if (story.firsts.some(({ madeAt }) => madeAt >= begun - slack)) return no();
    const left = leftItsNode(story, entrance, tries);
    if (left !== undefined) return no(asEvidence(left));
    const readings = nodes.counters
      .within(begun - slack, story.lost.failedAt + slack)
      .filter((event) => isRefusal(event) && event.node === entrance.node);
    const ofTries = tries.map((one) => readings.find((event) => covers(event, parseMicros(one.at))));
    const found = [...new Set(ofTries.flatMap((event) => event ?? []))];
    if (ofTries.includes(undefined)) return found.length === 0 ? notSeen(story, 'conntrack-stats') : no();
    // Each failed by itself: one reading that counts fewer than it has of them counted others' at most.
    const counted = found.reduce((sum, { changes }) => sum + refused(changes), 0);
    if (counted < tries.length) return no();
    return yes(
      ...tries.slice(0, 2).map(asEvidence),
      ...found
        .filter((event) => rose(event, counter))
        .slice(0, 2)
        .map((event) => counterLine(event, counter)),
      conclusion(story, `sent ${tries.length} times in vain, and each time ${inWords}`),
    );
  };
}

function leftItsNode(
  { packets, goesToClient }: Story,
  entrance: Entrance,
  tries: readonly PacketEvent[],
): PacketEvent | undefined {
  return packets.find(
    (packet) =>
      packet.node === entrance.node &&
      packet.direction === 'out' &&
      !goesToClient(packet) &&
      tries.some(({ seq }) => seq === packet.seq),
  );
}

/** No attempt to connect is made for longer: tcp_syn_retries. */
const longestAttempt: Micros = 130_000_000;

/** An attempt to connect was never well: all of it counts, and where no packet shows when it began it may have been long. */
export function countersMeanwhile({
  lost,
  packets,
  counters,
  nodes,
  slack,
}: Story): readonly CountersEvent[] {
  if (lost.phase !== 'connecting' || lost.bornAt < lost.failedAt) return counters;
  const [first] = packets;
  const since = first === undefined ? lost.failedAt - longestAttempt : parseMicros(first.at);
  return nodes.counters.within(since - slack, lost.failedAt + slack);
}

/** What the client sent since all was well, as it came in there, each once. */
function triesOf({ packets, lost, goesToClient }: Story, entrance: Entrance): PacketEvent[] {
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
      // Where packets alone tell of the loss, the last that was sent in vain is the moment that it is told of.
      parseMicros(packet.at) <= lost.failedAt,
  );
}

/** The question whose answer was the last good moment came before that, by the client's own clock. */
const settled: Micros = 1_000;

/** Stamps of two tools on one node; a reading is stamped once it is done. */
const stampSlack: Micros = 30_000;

const covers = ({ since, at }: CountersEvent, moment: Micros): boolean =>
  parseMicros(since) - stampSlack <= moment && moment <= parseMicros(at) + stampSlack;
