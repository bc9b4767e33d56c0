// What ICMP errors said of a connection's packets. One that is being made ends by such an error at once; one that is established does
// not (the kernel keeps it as a soft error): what ends it is that nothing passes until somebody gives up.
import { parseMicros } from '../../model/clock.ts';
import type { IcmpErrorEvent } from '../../model/node-event.ts';
import type { NodeTimeline } from '../connections/node-timeline.ts';
import type { Story } from '../connections/story.ts';
import { asEvidence, conclusion, no, seenIf, unknown, yes, type Fact, type Look } from './fact.ts';

type Kind = 'port unreachable' | 'prohibited' | 'host unreachable' | 'time exceeded' | 'too long';

/** By ICMP's numbers (RFC 792, 1122, 1812) or ICMPv6's (RFC 4443). */
function kindOf({ tuple, type, code }: IcmpErrorEvent): Kind {
  if (tuple.src.includes(':')) {
    if (type === 2) return 'too long';
    if (type === 3) return 'time exceeded';
    if (code === 4) return 'port unreachable';
    return code === 1 || code >= 5 ? 'prohibited' : 'host unreachable';
  }
  if (type === 11) return 'time exceeded';
  if (code === 4) return 'too long';
  if (code === 3) return 'port unreachable';
  return code === 9 || code === 10 || code === 13 ? 'prohibited' : 'host unreachable';
}

/** As rules say it that reject. */
const isRefusal = (error: IcmpErrorEvent): boolean =>
  kindOf(error) === 'port unreachable' || kindOf(error) === 'prohibited';

/** Any error about its packets, since it was last well. */
export const errorSeen: Look = (story) => {
  const { own } = story.errors;
  if (own.length === 0) return noneSeen(story);
  const first = eachOnce(own).slice(0, 3).map(asEvidence);
  if (story.lost.phase === 'connecting') return yes(...first);
  const text = 'an ICMP error alone ends no established connection: it ends when somebody gives up waiting';
  return yes(...first, conclusion(story, text));
};

/** Its packets are longer than some link on the way takes. The sender has to be told, or nothing of that length passes. */
export const tooLong: Look = (story) => {
  const errors = story.errors.own.filter((error) => kindOf(error) === 'too long');
  return errors.length > 0 ? yes(...eachOnce(errors).slice(0, 2).map(asEvidence)) : noneSeen(story);
};

export const portUnreachable = answeredBy('port unreachable');
export const prohibited = answeredBy('prohibited');
export const hostUnreachable = answeredBy('host unreachable');
export const timeExceeded = answeredBy('time exceeded');

/**
 * Other connections of the same client with the same server were refused by such errors in that time. Kernels send an address only so
 * many: of those that are refused together some hear nothing.
 */
export const neighboursRefused: Look = (story) => {
  const { errors } = story;
  const told = errors.neighbours.filter(isRefusal);
  if (told.length > 0) return yes(...eachOnce(told).slice(0, 2).map(asEvidence));
  return errors.taken ? no() : unknown(endsSo(story) ? 'icmp-errors' : null);
};

/** No error is known to have been told of it or of others with the same server, be it that nobody could look. */
export const noErrorKnown: Look = ({ errors }) =>
  seenIf(![...errors.own, ...errors.neighbours].some((error) => kindOf(error) !== 'too long'));

/** The same client was refused by such an error when it tried again. */
export const nextAttemptRefused: Look = (story) => {
  const [next] = story.lost.afterwards;
  if (next === undefined) return unknown(null);
  if (next.failure !== 'refused' && next.failure !== 'unreachable') return no();
  const at = parseMicros(next.at);
  const error = story.errors.nextAttempts.find(
    (one) => Math.abs(parseMicros(one.at) - at) <= story.slack && isRefusal(one),
  );
  if (error !== undefined) return yes(asEvidence(error));
  return story.errors.noneMeansNone ? no() : unknown('icmp-errors');
};

/** The answer went out of a node that it had not come into: the node made it. */
export const madeHere: Look = ofAnswer((answer, story) => {
  const sightings = story.errors.own.filter((one) => isCopy(one, answer));
  const maker = sightings.find(({ node }) =>
    sightings.every((one) => one.node !== node || one.direction === 'out'),
  );
  if (sightings.some(({ direction }) => direction === 'unknown')) return unknown('capture-direction');
  if (maker === undefined) return no();
  if (!hasManyInterfaces(story, maker.node)) return unknown('packets-to-compare');
  if (story.lostSome('capture')) return unknown('what-was-lost');
  return yes(asEvidence(maker), conclusion(story, `no interface of ${maker.node} saw this error come in`));
});

/** Thousands of connections are of one timeline. */
const knownInterfaces = new WeakMap<NodeTimeline, ReadonlyMap<string, ReadonlySet<string>>>();

/** A capture of one interface does not show what came in by another; what is refused at once is on one interface alone. */
function hasManyInterfaces({ nodes }: Story, node: string): boolean {
  const known =
    knownInterfaces.get(nodes) ??
    new Map(
      [...Map.groupBy(nodes.packets, (packet) => packet.node)].map(([name, packets]) => [
        name,
        new Set(packets.map((packet) => packet.interface)),
      ]),
    );
  knownInterfaces.set(nodes, known);
  return (known.get(node)?.size ?? 0) >= 2;
}

/** The answer came out of the server's pod. */
export const leftServer: Look = ofAnswer((answer, story) => {
  const { serverInterface } = story;
  if (serverInterface === null) return unknown('capture-at-server');
  const seen = story.errors.own.find(
    (one) =>
      isCopy(one, answer) &&
      one.node === serverInterface.node &&
      one.interface === serverInterface.name &&
      one.direction === 'in',
  );
  return seen === undefined ? no() : yes(asEvidence(seen));
});

/** The answer came from beyond, though both ends live on the one node that was watched: something in between sent it. */
export const fromOutside: Look = ofAnswer((answer, story) => {
  const { serverInterface, clientInterface, serverNode } = story;
  if (answer.direction === 'unknown') return unknown('capture-direction');
  if (answer.direction === 'out') return no();
  const isOwnInterface = [serverInterface, clientInterface].some(
    (at) => at?.node === answer.node && at.name === answer.interface,
  );
  if (isOwnInterface) return no();
  if (serverInterface === null || clientInterface === null) return unknown('capture-at-server');
  // From another node its rule or its kernel may have sent it.
  if (serverNode !== answer.node || clientInterface.node !== answer.node) return unknown('capture-at-server');
  return yes(asEvidence(answer));
});

function answeredBy(kind: Kind): Look {
  return ofAnswer((answer) => seenIf(kindOf(answer) === kind, asEvidence(answer)));
}

/** Looks at the error that was the last word on the connection's packets; there is none where it ended otherwise, or went on. */
function ofAnswer(look: (answer: IcmpErrorEvent, story: Story) => Fact): Look {
  return (story) => {
    if (!endsSo(story)) return no();
    const answer = story.errors.own.find((error) => kindOf(error) !== 'too long' && !wentOn(error, story));
    return answer === undefined ? noneSeen(story) : look(answer, story);
  };
}

/** Whether the side that the quoted packet was for said something new afterwards: then a packet like it had arrived. */
function wentOn(error: IcmpErrorEvent, { packets, goesToClient, slack, lost }: Story): boolean {
  const quotesClient = !goesToClient(error);
  return packets.some(
    (packet) =>
      parseMicros(packet.at) > parseMicros(error.at) + slack &&
      parseMicros(packet.at) <= lost.failedAt &&
      packet.payloadLength > 0 &&
      !packet.retransmission &&
      goesToClient(packet) === quotesClient,
  );
}

/** Whether it ended in a way that such an error can be behind. A client that has gone meets what comes too late with a RST of its own. */
const endsSo = ({ lost: { failure }, resets, goesToClient }: Story): boolean =>
  (failure === 'timeout' || failure === 'refused' || failure === 'unreachable') && !resets.some(goesToClient);

const noneSeen = (story: Story): Fact =>
  story.errors.own.length === 0 && !story.errors.noneMeansNone
    ? unknown(endsSo(story) ? 'icmp-errors' : null)
    : story.lostSome('capture')
      ? unknown('what-was-lost')
      : no();

/** The same error on another interface; addresses may be translated on the way, kinds are not. */
const isCopy = (one: IcmpErrorEvent, other: IcmpErrorEvent): boolean =>
  one.type === other.type &&
  one.code === other.code &&
  Math.abs(parseMicros(one.at) - parseMicros(other.at)) < onTheWay;

/** Errors about one connection come a second apart, or with its repetitions. */
const onTheWay = 50_000;

function eachOnce(errors: readonly IcmpErrorEvent[]): IcmpErrorEvent[] {
  return errors.filter((one, index) => !errors.slice(0, index).some((other) => isCopy(one, other)));
}
