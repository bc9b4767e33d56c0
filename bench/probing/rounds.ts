// Rounds in which every program takes a turn, in an order drawn anew, and what comes of comparing them round by round.
import { costOf, type Cost, type Load } from './cost.ts';
import type { Section } from './page.ts';
import type { Contender, Contenders, Side } from './programs.ts';
import { pairedRatios, shuffled, type Figure } from './spread.ts';

/** `client netdebug`; its costs, one a round. */
export type Costs = ReadonlyMap<string, readonly Cost[]>;

export type Say = (text: string) => void;

interface Turn {
  readonly client: Contender;
  readonly server: Contender;
  /** Whose costs are kept: the other end is only there to be talked to. */
  readonly sides: readonly Side[];
}

/** Each program once as client and once as server, the other end always the same one: C's where it can be. */
export function turnsOf({ netdebug, withEvents, c, go }: Contenders): Turn[] {
  const other = c ?? netdebug;
  const rest = [c, go, netdebug].filter((one) => one !== undefined && one !== other) as Contender[];
  return [
    { client: other, server: other, sides: ['client', 'server'] },
    ...rest.map((client): Turn => ({ client, server: other, sides: ['client'] })),
    ...rest.map((server): Turn => ({ client: other, server, sides: ['server'] })),
    // A server writes no event for an answer, so there is nothing to measure on that side.
    { client: withEvents, server: other, sides: ['client'] },
  ];
}

export async function measureCosts(all: Contenders, rounds: number, load: Load, say: Say): Promise<Costs> {
  const costs = new Map<string, Cost[]>();
  for (let round = 1; round <= rounds; round++) {
    for (const { client, server, sides } of shuffled(turnsOf(all), Math.random)) {
      const cost = await costOf(client, server, load);
      for (const side of sides) {
        const key = `${side} ${(side === 'client' ? client : server).name}`;
        costs.set(key, [...(costs.get(key) ?? []), cost[side]]);
        say(`round ${round} of ${rounds}, ${key}: ${cost[side].nanosPerProbe.toFixed(0)} ns a probe`);
      }
    }
  }
  return costs;
}

const limits = { cpu: { Go: { client: 0.55, server: 0.8 }, C: 1.25 }, memory: 0.45 };

export function compared(costs: Costs, { connections, periodMs, windowMs }: Load): Section[] {
  const values = (side: Side, name: Contender['name'], what: keyof Cost) =>
    costs.get(`${side} ${name}`)?.map((cost) => cost[what]);
  const ratio = (side: Side, name: 'C' | 'Go', what: keyof Cost, most: number): Figure[] => {
    const [mine, theirs] = [values(side, 'netdebug', what), values(side, name, what)];
    if (mine === undefined || theirs === undefined) return [];
    const title = `${side}, ${what === 'nanosPerProbe' ? 'CPU per probe' : 'memory per connection'}, × ${name}`;
    return [{ name: title, unit: '', digits: 2, values: pairedRatios(mine, theirs), limit: { most } }];
  };
  const sides = ['client', 'server'] as const;
  const each = (title: string, what: keyof Cost, unit: string, digits: number, names: Contender['name'][]) =>
    sides.flatMap((side) =>
      names.flatMap((name): Figure[] => {
        const found = values(side, name, what);
        return found === undefined
          ? []
          : [{ name: `${side}, ${name}, ${title}`, unit, digits, values: found }];
      }),
    );
  const everybody: Contender['name'][] = ['netdebug', 'Go', 'C', 'netdebug --events'];
  return [
    {
      title: 'Against Go and C',
      text: `${connections} connections, a probe every ${periodMs / 1_000} s on each, watched for ${windowMs / 1_000} s.`,
      figures: [
        ...sides.flatMap((side) => ratio(side, 'Go', 'nanosPerProbe', limits.cpu.Go[side])),
        ...sides.flatMap((side) => ratio(side, 'C', 'nanosPerProbe', limits.cpu.C)),
        ...sides.flatMap((side) => ratio(side, 'Go', 'kibPerConnection', limits.memory)),
      ],
    },
    {
      title: 'What each took',
      text: 'The same runs: CPU per probe, memory per connection beyond ten of them, and memory with ten.',
      figures: [
        ...each('a probe', 'nanosPerProbe', ' ns', 0, everybody),
        ...each('a connection', 'kibPerConnection', ' KiB', 2, everybody),
        ...each('with ten connections', 'idleMib', ' MiB', 1, everybody),
      ],
    },
  ];
}
