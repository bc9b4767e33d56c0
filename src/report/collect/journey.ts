// From the examples to the picture: the way of one connection's packets with the routing rule and without it.
import type { Micros } from '../../model/clock.ts';
import type { Endpoint } from '../../model/endpoint.ts';
import type { Crossing, Journey, Passage } from '../run-view.ts';
import type { Example } from './flows.ts';

/** One change of a routing rule. */
export interface RuleFlip {
  readonly node: string;
  readonly at: Micros;
  readonly present: boolean;
  readonly text: string;
}

// The tools stamp when they print, and the client when it runs; an order is only claimed beyond this.
const orderSlack = 10_000;

/** The clearest example of a reset; without one, an ordinary connection of each class that is compared; null without entries. */
export function tellJourney(
  resets: readonly Example[],
  ordinary: readonly Example[],
  flips: readonly RuleFlip[],
): Journey | null {
  const told = resets.map((example) => ({ example, passages: passagesOf(example, flips) }));
  const best = told
    .filter(({ passages }) => passages.length > 0)
    .sort((a, b) => clarity(b.passages) - clarity(a.passages))[0];
  if (best !== undefined) {
    const { example, passages } = best;
    return { kind: 'reset', passages, connectedAt: example.connectedAt, failedAt: example.reset?.at ?? null };
  }
  const passages = compared(ordinary).flatMap((example) => passagesOf(example, []));
  return passages.length === 0 ? null : { kind: 'ordinary', passages, connectedAt: null, failedAt: null };
}

/** The two classes that are compared, or else the first two. */
function compared(examples: readonly Example[]): readonly Example[] {
  const main = ['co-located', 'remote'].flatMap((name) => examples.filter((one) => one.class === name));
  return (main.length > 0 ? main : examples).slice(0, 2);
}

/** Two states that reach the server with different ports, of which it knows one, say all. */
function clarity(passages: readonly Passage[]): number {
  const known = passages.filter(({ accepted, seen }) => accepted?.port === seen.port).length;
  return passages.length * 2 + (known === 1 ? 1 : 0);
}

function passagesOf(example: Example, flips: readonly RuleFlip[]): Passage[] {
  const { client, target, entries, reset } = example;
  const until = reset === null ? Number.POSITIVE_INFINITY : reset.at + orderSlack;
  const own = entries.filter((entry) => entry.at >= example.connectedAt - 1e6 && entry.at <= until);
  const first = own.findLast((entry) => same(entry.target.before, target));
  if (first === undefined) return [];
  const server = first.target.after;
  const later = own.filter((entry) => entry !== first && same(entry.target.before, server));
  const again = later.findLast((entry) => entry.node === first.node);
  const beyond = later.findLast((entry) => entry.node !== first.node);
  const flip = flips.findLast(
    ({ node, at }) =>
      reset !== null && node === first.node && at >= reset.lastGoodAt - orderSlack && at <= until,
  );
  const passage = (rule: Passage['rule'], ...crossings: (Crossing | undefined)[]): Passage => {
    const met = crossings.filter((crossing) => crossing !== undefined);
    const seen = met.at(-1)?.source.after ?? client;
    return {
      class: example.class,
      rule,
      client,
      target,
      crossings: met,
      seen,
      server,
      accepted: socketOf(example),
    };
  };
  if (flip === undefined || again === undefined) return [passage(null, first, again, beyond)];
  const rule = (present: boolean) => ({ present, text: flip.text, node: flip.node });
  return [passage(rule(true), first, again, beyond), passage(rule(false), first, beyond)];
}

/** Which of the sockets is this connection's: a translated port was made for it, its own may be an accident. */
function socketOf({ accepted, client }: Example): Endpoint | null {
  return accepted.find((peer) => peer.port !== client.port) ?? accepted[0] ?? null;
}

const same = (a: Endpoint, b: Endpoint) => a.address === b.address && a.port === b.port;
