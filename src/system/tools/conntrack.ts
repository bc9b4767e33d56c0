// conntrack's syntax: entries deleted by filter, a table filled with entries of flows that nobody has, and the events it prints.
import { formatMicros } from '../../model/clock.ts';
import type { Family } from '../../model/family.ts';
import type { ConntrackEvent, LineEvent, Tuple } from '../../model/node-event.ts';
import type { Change, EntryFilter } from '../../model/plan.ts';
import { commandFailed, run } from '../process.ts';
import { inNetns } from './ip-netns.ts';
import { readSysctls } from './sysctl.ts';

type Fill = Extract<Change, { do: 'fill-conntrack' }>;

/** `conntrack -D …` for the entries that the filter takes. */
export function deleteEntriesWords(filter: EntryFilter, family: Family = 'ipv4'): string[] {
  const { originalSource, originalDestination, replySource, mark } = filter;
  return [
    ...['conntrack', '-D', ...(family === 'ipv4' ? [] : ['-f', family]), '-p', 'tcp'],
    ...(originalSource === undefined ? [] : ['-s', originalSource]),
    ...(originalDestination === undefined ? [] : ['-d', originalDestination]),
    ...(replySource === undefined ? [] : ['-r', replySource]),
    ...(mark === undefined ? [] : ['--mark', String(mark)]),
  ];
}

/** Deletes what the filter takes; that it takes nothing is no error. */
export async function deleteEntries(netns: string, filter: EntryFilter, family?: Family): Promise<void> {
  const argv = inNetns(netns, deleteEntriesWords(filter, family));
  const result = await run(argv);
  // conntrack ends with 1 when there was nothing to delete, and says so.
  const nothing = result.exitCode === 1 && result.stderr.includes('0 flow entries have been deleted');
  if (result.exitCode !== 0 && !nothing) throw commandFailed(argv, result);
}

/** How a person would do what fillConntrack does. */
export const fillWords = ['conntrack', '-R', '-'] as const;

// conntrack opens /dev/stdin anew, which goes for a pipe but not for the socket that Node gives as stdin; nothing here is quoted.
const fillFromSocket = ['sh', '-c', `cat | ${fillWords.join(' ')}`] as const;

/** `count` lines for `conntrack -R`, each an assured entry of another flow from SOURCE.0.0/16. At most four thousand million. */
export function fillLines({ source, mark, lifeSeconds }: Fill, count: number): string {
  const lines: string[] = [];
  for (let index = 0; index < count; index++) {
    const address = `${source}.${(index >> 8) & 255}.${index & 255}`;
    const flow = `-s ${address} -d 192.0.2.1 --sport ${1_024 + (index >> 16)} --dport 80`;
    lines.push(`-I -p tcp ${flow} --state ESTABLISHED -u ASSURED -t ${lifeSeconds} -m ${mark}\n`);
  }
  return lines.join('');
}

/** Adds entries until `leaveFree` more would fit. The namespace's limit is the machine's: a namespace cannot set its own. */
export async function fillConntrack(fill: Fill): Promise<void> {
  const keys = ['nf_conntrack_max', 'nf_conntrack_count'].map((key) => `net.netfilter.${key}`);
  const [most = 0, present = 0] = await readSysctls(fill.netns, keys);
  const count = Math.min(most - present - fill.leaveFree, fill.atMost ?? Number.POSITIVE_INFINITY);
  if (count <= 0) return;
  const argv = inNetns(fill.netns, fillFromSocket);
  const result = await run(argv, { input: fillLines(fill, count), timeoutMs: 120_000 });
  // Live flows take entries meanwhile, so that the last lines may find the table full, which is what was wanted.
  const full = /not enough memory|Cannot allocate memory/i.test(result.stderr);
  if (result.exitCode !== 0 && !full) throw commandFailed(argv, result);
}

/** Prints a line for each TCP entry that is made, changed or removed; times are in UTC, as our programs run. */
export function conntrackEventsArgv(netns: string | null): string[] {
  return inNetns(netns, ['conntrack', '-E', '-p', 'tcp', '-o', 'timestamp,id,ktimestamp']);
}

/**
 * Print a line for each TCP connection that is established and whose addresses or ports are translated, of one family each. What is not
 * translated has nothing to tell that its packets do not.
 */
export function translatedEntriesArgvs(netns: string | null): string[][] {
  return (['ipv4', 'ipv6'] as const).map((family) =>
    inNetns(netns, [
      ...['conntrack', '-L', '-f', family, '-p', 'tcp', '--state', 'ESTABLISHED'],
      ...['--any-nat', '-o', 'id'],
    ]),
  );
}

const head =
  /^\[([0-9]{1,11})\.([0-9]{6})[0-9]*\]\s+\[(NEW|UPDATE|DESTROY)\]\s+(\S+)\s+[0-9]+\s+(?:[0-9]+\s+)?(?:([A-Z][A-Z0-9_]*)\s+)?src=/;
const tuple = /src=(\S+) dst=(\S+) sport=([0-9]{1,5}) dport=([0-9]{1,5})(?![0-9])/g;
const listed = /^tcp\s+6\s+[0-9]+\s+([A-Z][A-Z0-9_]*)\s+src=/;
const changes = { NEW: 'new', UPDATE: 'update', DESTROY: 'destroy' } as const;

/** Reads one line of `conntrack -L -o id`, of an entry that was there at that moment; undefined for anything else. */
export function parseListedEntry(text: string, at: string): LineEvent<ConntrackEvent> | undefined {
  const match = listed.exec(text);
  const [original, reply] = tuplesIn(text);
  if (match === null || original === undefined || reply === undefined) return undefined;
  const id = /\bid=([0-9]+)/.exec(text)?.[1] ?? null;
  return {
    ...{ event: 'conntrack', at, change: 'listed', protocol: 'tcp', state: match[1] ?? null },
    ...{ original, reply, id, deletedByProgram: false, portid: null },
  };
}

/** Reads one line of `conntrack -E -o timestamp,id,ktimestamp`; undefined for anything else (ICMP entries have no ports). */
export function parseConntrackLine(text: string): LineEvent<ConntrackEvent> | undefined {
  const match = head.exec(text);
  if (match === null) return undefined;
  const [original, reply] = tuplesIn(text);
  if (original === undefined || reply === undefined) return undefined;
  return {
    event: 'conntrack',
    at: formatMicros(Number(match[1]) * 1_000_000 + Number(match[2])),
    change: changes[match[3] as keyof typeof changes],
    protocol: match[4] ?? '',
    state: match[5] ?? null,
    original,
    reply,
    id: /\bid=([0-9]+)/.exec(text)?.[1] ?? null,
    deletedByProgram: text.includes('[USERSPACE]'),
    portid: /\bportid=([0-9]+)/.exec(text)?.[1] ?? null,
    ...kernelTime('startedAt', /\[start=([^\]]+)\]/.exec(text)?.[1]),
    ...kernelTime('stoppedAt', /\[stop=([^\]]+)\]/.exec(text)?.[1]),
  };
}

const tuplesIn = (text: string): Tuple[] =>
  [...text.matchAll(tuple)].map(([, src = '', dst = '', sport, dport]) => ({
    ...{ src, dst },
    sport: Number(sport),
    dport: Number(dport),
  }));

/** The tool prints the kernel's times like `Mon Nov 23 07:13:37 2026`, in the time zone that we run it in. */
function kernelTime(name: 'startedAt' | 'stoppedAt', text: string | undefined): Record<string, string> {
  const at = Date.parse(`${text ?? ''} UTC`);
  return Number.isNaN(at) ? {} : { [name]: formatMicros(at * 1_000) };
}
