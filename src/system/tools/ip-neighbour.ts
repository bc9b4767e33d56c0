// What `ip` prints of a namespace's neighbours: who they are, and changes as they happen.
import { parseMicros } from '../../model/clock.ts';
import { z } from '../../model/schema.ts';
import { runChecked } from '../process.ts';
import { netnsFlag } from './ip-netns.ts';

export interface Neighbour {
  readonly address: string;
  readonly interface: string;
  readonly mac: string | null;
  /** `REACHABLE`, `STALE`, `FAILED`, … */
  readonly state: string;
}

export interface NeighbourLine extends Neighbour {
  /** Microseconds since the epoch. */
  readonly at: number;
  readonly isDeleted: boolean;
}

/** Prints a line for each neighbour that comes, goes or changes. Its times are local; our programs run in UTC. */
export const neighbourMonitorArgv = (netns: string | null): string[] => [
  ...['ip', ...netnsFlag(netns), '-timestamp', '-tshort', 'monitor', 'neigh'],
];

const line =
  /^\[([0-9-]+T[0-9:.]+)\] (Deleted )?([0-9a-f.:]+) dev (\S+) (?:lladdr ([0-9a-f:]+) )?(?:[a-z_ ]+ )?([A-Z]+)\s*$/;

/** Reads one line of it; undefined for proxies and for what is no neighbour. */
export function parseNeighbourLine(text: string): NeighbourLine | undefined {
  const [, time, deleted, address, device, mac, state] = line.exec(text) ?? [];
  if (time === undefined || address === undefined || device === undefined || state === undefined)
    return undefined;
  const at = parseMicros(`${time}Z`);
  if (Number.isNaN(at)) return undefined;
  return { at, isDeleted: deleted !== undefined, address, interface: device, mac: mac ?? null, state };
}

const listSchema = z.array(
  z.object({
    dst: z.string(),
    dev: z.string().optional(),
    lladdr: z.string().optional(),
    state: z.array(z.string()).optional(),
  }),
);

/** Reads `ip -json neighbour show`; proxies are left out. */
export function parseNeighbours(json: string): Neighbour[] {
  return listSchema.parse(JSON.parse(json.trim() || '[]')).flatMap(({ dst, dev, lladdr, state }) => {
    if (dev === undefined || state?.[0] === undefined) return [];
    return [{ address: dst, interface: dev, mac: lladdr ?? null, state: state[0] }];
  });
}

export async function listNeighbours(netns: string | null): Promise<Neighbour[]> {
  return parseNeighbours(
    (await runChecked(['ip', ...netnsFlag(netns), '-json', 'neighbour', 'show'])).stdout,
  );
}
