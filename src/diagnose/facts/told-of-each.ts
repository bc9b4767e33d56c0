// Whether a kernel's own count bears out that it told of every RST it sent: a namespace that was found late, or whose addresses another one
// has, too, counts RSTs of which nobody told.
import { parseMicros, type Micros } from '../../model/clock.ts';
import type { Story } from '../connections/story.ts';
import { between } from '../connections/time-range.ts';

const outRsts = 'TcpOutRsts';

/** Some were counted around the moment at that end that no line of its kernel tells of. */
export const countedMoreThanTold = (story: Story, side: 'client' | 'server', moment: Micros): boolean =>
  countedAtEnd(story, side, moment).some(({ counted, told }) => counted > told);

/** Some were counted that neither a line tells of nor a capture has. */
export const countedMoreThanKnown = (story: Story, side: 'client' | 'server', moment: Micros): boolean =>
  countedAtEnd(story, side, moment).some(({ counted, told, seen }) => counted > Math.max(told, seen));

/** RSTs of that end around the moment: by its kernel's count, by its lines, and by the captures. Empty where none was counted. */
function countedAtEnd(story: Story, side: 'client' | 'server', moment: Micros) {
  const { counters, nodes, slack, lost, server } = story;
  const address = side === 'server' ? server?.address : lost.client?.address;
  // A node's own namespace sends in the names of all its addresses.
  if (address === undefined || (side === 'server' && story.serverScope !== address)) return [];
  const rounds = counters.filter(
    (event) =>
      event.source === 'snmp' &&
      event.scope === address &&
      (event.changes[outRsts] ?? 0) > 0 &&
      parseMicros(event.since) <= moment + slack &&
      parseMicros(event.at) >= moment - slack,
  );
  const [first] = rounds;
  if (first === undefined) return [];
  const span = [
    Math.min(...rounds.map(({ since }) => parseMicros(since))) - slack,
    Math.max(...rounds.map(({ at }) => parseMicros(at))) + slack,
  ] as const;
  // A listener's line names no address.
  const told = [nodes.kernel.resetsSentFrom(address), nodes.kernel.listenerResetsOn(first.node)];
  return [
    {
      counted: rounds.reduce((sum, { changes }) => sum + (changes[outRsts] ?? 0), 0),
      told: told.flatMap((all) => between(all, ...span)).length,
      seen: nodes.resets.seenFrom(address, ...span),
    },
  ];
}
