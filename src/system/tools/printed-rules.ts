// What a firewall's tool prints of its rules, and the packets that they counted.
import { Problem } from '../../model/problem.ts';
import { run } from '../process.ts';
import { isRefusal } from '../refusal-words.ts';
import { inNetns } from './ip-netns.ts';

/** Resolves with what the tool prints. Throws a `missing` Problem, which says what it takes, when it may not, and a `fault` when it fails. */
export async function printedRules(netns: string | null, argv: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await run(inNetns(netns, argv));
  // A table that is not there (any more), or not iptables', is no failure.
  if (exitCode === 0 || /does not exist|no such file|incompatible|can't initialize/i.test(stderr))
    return stdout;
  if (isRefusal(stderr))
    throw new Problem('missing', "the node's firewall rules cannot be read: it takes CAP_NET_ADMIN");
  throw new Problem('fault', `"${argv.join(' ')}": ${stderr.trim().split('\n')[0] ?? ''}`);
}

export function countPackets(counters: Record<string, number>, name: string, packets: number): void {
  counters[name] = (counters[name] ?? 0) + packets;
}
