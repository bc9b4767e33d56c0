// conntrack's syntax: entries deleted by filter, and a table filled with entries of flows that nobody has.
import type { Change, EntryFilter } from '../../model/plan.ts';
import { commandFailed, run, runChecked } from '../process.ts';
import { inNetns } from './ip-netns.ts';

type Fill = Extract<Change, { do: 'fill-conntrack' }>;

/** `conntrack -D …` for the entries that the filter takes. */
export function deleteEntriesWords(filter: EntryFilter): string[] {
  const { originalSource, originalDestination, replySource, mark } = filter;
  return [
    ...['conntrack', '-D', '-p', 'tcp'],
    ...(originalSource === undefined ? [] : ['-s', originalSource]),
    ...(originalDestination === undefined ? [] : ['-d', originalDestination]),
    ...(replySource === undefined ? [] : ['-r', replySource]),
    ...(mark === undefined ? [] : ['--mark', String(mark)]),
  ];
}

/** Deletes what the filter takes; that it takes nothing is no error. */
export async function deleteEntries(netns: string, filter: EntryFilter): Promise<void> {
  const argv = inNetns(netns, deleteEntriesWords(filter));
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
  const { stdout } = await runChecked(inNetns(fill.netns, ['sysctl', '-n', ...keys]));
  const [most = 0, present = 0] = stdout.trim().split('\n').map(Number);
  const count = Math.min(most - present - fill.leaveFree, fill.atMost ?? Number.POSITIVE_INFINITY);
  if (count <= 0) return;
  const argv = inNetns(fill.netns, fillFromSocket);
  const result = await run(argv, { input: fillLines(fill, count), timeoutMs: 120_000 });
  // Live flows take entries meanwhile, so that the last lines may find the table full, which is what was wanted.
  const full = /not enough memory|Cannot allocate memory/i.test(result.stderr);
  if (result.exitCode !== 0 && !full) throw commandFailed(argv, result);
}
