// The lost connections of anybody that nodes know of: their packets show them, or their kernels tell of them. One connection is one,
// whoever reported it.
import { parseMicros, type Micros } from '../../model/clock.ts';
import { formatEndpoint } from '../../model/endpoint.ts';
import { localEnd } from './ends-of-tuple.ts';
import { closeOfKilled } from './killed-server.ts';
import type { TupleEvent } from './kernel-index.ts';
import { lostAtKernels, type LostAtKernels } from './lost-at-kernels.ts';
import type { LostConnection } from './lost-connection.ts';
import {
  lostOnTheWire,
  phaseOf,
  withNextAttempts,
  type JudgedOnTheWire,
  type SeenOnTheWire,
} from './lost-on-the-wire.ts';
import type { NodeTimeline } from './node-timeline.ts';
import { asRefused } from './refused-by-icmp.ts';
import { isOpening } from './another-opening.ts';
import { wireConnections } from './wire-connections.ts';

export type SeenByNodes = Pick<SeenOnTheWire, 'lost' | 'benign' | 'stalled'>;

export function lostByNodes(nodes: NodeTimeline): SeenByNodes {
  const wire = lostOnTheWire(wireConnections(nodes.packets, nodes.entries), nodes.capturedUntil, {
    wasKilled({ legs, packets, goesToClient }, goodbye) {
      const server = new Set(packets.filter(goesToClient).map(({ tuple }) => localEnd(tuple)));
      return closeOfKilled({ client: legs, server }, parseMicros(goodbye.at), nodes) !== undefined;
    },
    closedAfter({ legs }, at) {
      const closes = legs.flatMap((leg) =>
        nodes.kernel.of(leg).filter((event) => isCloseOf(leg, event) && parseMicros(event.at) > at),
      );
      return closes.length === 0 ? undefined : Math.min(...closes.map((event) => parseMicros(event.at)));
    },
  });
  const onTheWire = withNextAttempts(wire.lost.map((one) => asRefused(one, nodes)));
  const more: LostConnection[] = [];
  const told = new Map<JudgedOnTheWire, LostConnection>();
  const heard = new Map<string, Micros>();
  // What the client's own kernel says comes before what that of the server's end says of the same connection.
  const byKernels = lostAtKernels(nodes).toSorted(
    (a, b) => Number(a.isServersWord) - Number(b.isServersWord),
  );
  for (const kernels of byKernels) {
    const { loss } = kernels;
    const judged = judgedOf(loss, wire);
    if (judged === undefined) more.push(loss);
    else if (!told.has(judged) && isKernelsWord(kernels, judged)) told.set(judged, withPackets(loss, judged));
    else if (judged.loss !== null && kernels.heardAt !== null) heard.set(keyOf(judged.loss), kernels.heardAt);
  }
  if (more.length === 0 && told.size === 0 && heard.size === 0) return { ...wire, lost: onTheWire };
  const judgements = [...told.keys()];
  const replaced = new Set(judgements.map(({ loss }) => (loss === null ? '' : keyOf(loss))));
  const count = (kind: JudgedOnTheWire['is']) => judgements.filter(({ is }) => is === kind).length;
  return {
    lost: withNextAttempts([
      ...onTheWire.filter((one) => !replaced.has(keyOf(one))).map((one) => goodSince(one, heard)),
      ...more,
      ...told.values(),
    ]),
    benign: wire.benign - count('benign'),
    stalled: wire.stalled - count('stalled'),
  };
}

/** The process that has this end closed it itself, in order. */
const isCloseOf = (end: string, { tracepoint, context, state, newState, tuple }: TupleEvent): boolean =>
  tracepoint === 'set-state' &&
  context === 'process' &&
  state === 'ESTABLISHED' &&
  newState === 'FIN_WAIT1' &&
  localEnd(tuple) === end;

/** Of a connection whose end alone was captured the packets do not tell when it was well last; its sockets may. */
function goodSince(loss: LostConnection, heard: ReadonlyMap<string, Micros>): LostConnection {
  const heardAt = heard.get(keyOf(loss));
  return heardAt === undefined || loss.lastGoodAt < loss.failedAt ? loss : { ...loss, lastGoodAt: heardAt };
}

const keyOf = ({ client, failedAt, bornAt }: LostConnection): string =>
  `${client === null ? '' : formatEndpoint(client)} ${failedAt} ${bornAt}`;

/** Packets tell what was missing when it ended, which a kernel does not know; but only where those with data were captured, too. */
function isKernelsWord(kernels: LostAtKernels, judged: JudgedOnTheWire): boolean {
  const { loss, isTaken, isInVain } = kernels;
  const hasData = judged.connection.packets.some(({ payloadLength }) => payloadLength > 0);
  if (judged.is === 'lost') {
    if (judged.loss?.failure !== 'reset') return false;
    if (hadGivenUp(kernels, judged.loss)) return true;
    const isNews = judged.loss.phase === null && loss.phase !== null;
    return !hasData && (isInVain || isNews);
  }
  if (judged.is !== 'benign') return true;
  return isTaken || (!hasData && (loss.phase === 'awaiting' || loss.failure === 'timeout'));
}

/** A kernel that gives up and sends a RST does both in one call. */
const atOnce: Micros = 10_000;

/** The client's kernel had given up, and its RST only answers what came long after: packets show when it went as little as why. */
const hadGivenUp = ({ loss, isServersWord }: LostAtKernels, onTheWire: LostConnection): boolean =>
  loss.failure === 'timeout' && !isServersWord && onTheWire.failedAt - loss.failedAt > atOnce;

function judgedOf(
  { client, legs, failedAt }: LostConnection,
  wire: SeenOnTheWire,
): JudgedOnTheWire | undefined {
  const ends = new Set([...(client === null ? [] : [formatEndpoint(client)]), ...legs]);
  for (const end of ends) {
    const judged = wire.judgedAt(end, failedAt);
    if (judged !== undefined) return judged;
  }
  return undefined;
}

/** Its ends and its legs, and when it was made, as the packets show them. */
function withPackets(loss: LostConnection, { connection }: JudgedOnTheWire): LostConnection {
  const { client, target, legs, packets } = connection;
  const [first] = packets;
  const bornAt = first !== undefined && isOpening(first) ? parseMicros(first.at) : loss.bornAt;
  return {
    ...loss,
    ...{ client, target, group: client.address, legs: [...new Set([...loss.legs, ...legs])], bornAt },
    lastGoodAt: Math.max(loss.lastGoodAt, Math.min(bornAt, loss.failedAt)),
    phase: loss.phase ?? phaseOf(connection, packets),
  };
}
