// What a finding shows: the way of one connection's packets, from the very story that its evidence is taken from.
import { formatMicros, isWritable, type Micros } from '../../model/clock.ts';
import { parseEndpoint } from '../../model/endpoint.ts';
import { crossingOf, shownConnectionSchema, type ShownConnection } from '../../model/shown-connection.ts';
import type { Entry } from '../connections/entry-index.ts';
import type { Story } from '../connections/story.ts';
import type { PortMove } from '../facts/port.ts';

/**
 * `move` is the one that the finding names, if it names one. Undefined when no node reported an entry of the connection, or when
 * what is known of it is not fit for a record.
 */
export function showConnection(story: Story, move: PortMove | undefined): ShownConnection | undefined {
  const { lost, firsts, second } = story;
  const first =
    move === undefined ? firsts.findLast(({ node }) => node === firsts[0]?.node) : (story.first ?? undefined);
  if (first === undefined) return undefined;
  const isHere = ({ node }: Entry) => node === first.node;
  // With the rule a second entry gave the port that the server had before the rule went, or that it sees since the rule came.
  const port = move?.flip.change === 'added' ? move.sees : move?.had;
  const again = second.findLast(
    (entry) => isHere(entry) && (port === undefined || entry.reply.dport === port),
  );
  const beyond = [...firsts, ...second].findLast((entry) => !isHere(entry));
  const passage = (rulePresent: boolean | null, ...entries: (Entry | undefined)[]) => {
    const crossings = entries.flatMap((entry) => (entry === undefined ? [] : crossingOf(entry, entry.made)));
    return { rulePresent, crossings, seen: crossings.at(-1)?.source.after };
  };
  const { flip } = move ?? { flip: null };
  const shown = {
    class: lost.group,
    client: lost.client,
    target: lost.target,
    server: { address: first.reply.src, port: first.reply.sport },
    accepted: parseEndpoint(story.accepted?.peer ?? '') ?? null,
    failure: lost.failure,
    connectedAt: stamp(lost.bornAt),
    lastGoodAt: stamp(lost.lastGoodAt),
    failedAt: stamp(lost.failedAt),
    rule: flip && {
      node: flip.node,
      text: `${flip.preference}: ${flip.selector} lookup ${flip.table ?? '?'}`,
      ...{ at: flip.at, change: flip.change },
    },
    passages:
      flip === null
        ? [passage(null, first, again, beyond)]
        : [
            ...(again === undefined ? [] : [passage(true, first, again, beyond)]),
            passage(false, first, beyond),
          ],
  };
  return shownConnectionSchema.safeParse(shown).data;
}

const stamp = (at: Micros) => (isWritable(at) ? formatMicros(at) : null);
