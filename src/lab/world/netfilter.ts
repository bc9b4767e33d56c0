// Whether the kernel has the parts of netfilter that the lab uses: each is tried in a fresh namespace, so the host is not touched.
import { run } from '../../system/process.ts';
import { sandboxArgv } from './sandbox.ts';

interface Part {
  readonly name: string;
  readonly argv: readonly string[];
  /** The kernel module that has it. */
  readonly module: string;
}

const append = (table: string, rule: string) => ['iptables', '-t', table, '-A', ...rule.split(' ')];

const parts: readonly Part[] = [
  {
    name: 'DNAT',
    argv: append('nat', 'PREROUTING -p tcp --dport 80 -j DNAT --to-destination 192.0.2.1:80'),
    module: 'xt_nat',
  },
  { name: 'MASQUERADE', argv: append('nat', 'POSTROUTING -j MASQUERADE'), module: 'xt_MASQUERADE' },
  {
    name: 'conntrack match',
    argv: append('filter', 'FORWARD -m conntrack --ctstate INVALID -j DROP'),
    module: 'xt_conntrack',
  },
  {
    name: 'marks',
    argv: append('mangle', 'PREROUTING -m mark --mark 0x1 -j CONNMARK --restore-mark'),
    module: 'xt_connmark',
  },
  {
    name: 'reverse path',
    argv: append('mangle', 'PREROUTING -m rpfilter --validmark --invert -j DROP'),
    module: 'xt_rpfilter',
  },
  { name: 'conntrack table', argv: ['conntrack', '-L'], module: 'nf_conntrack_netlink' },
];

/** A part of netfilter, and why it does not work here; null when it does. */
export interface NetfilterTry {
  readonly name: string;
  readonly failure: string | null;
}

/** Tries every part, each in namespaces of its own. Needs iptables and conntrack installed and namespaces allowed. */
export async function tryNetfilter(asRoot: boolean): Promise<readonly NetfilterTry[]> {
  return Promise.all(
    parts.map(async ({ name, argv, module }) => {
      // The old iptables locks a file in /run, where an ordinary user may not write.
      const env = { XTABLES_LOCKFILE: '/dev/null' };
      const { exitCode, stderr } = await run([...sandboxArgv(asRoot), ...argv], { env });
      return { name, failure: exitCode === 0 ? null : explainFailure(stderr, module) };
    }),
  );
}

/** What the tool said and the kernel module that is probably missing: `module`, unless the tool failed before it came to it. */
export function explainFailure(stderr: string, module: string): string {
  const missing = missingBefore(stderr) ?? module;
  const said = stderr.trim().split('\n')[0] ?? '';
  return `${said}; the kernel module ${missing} is probably missing: sudo modprobe ${missing}, on the host if this is a container`;
}

function missingBefore(stderr: string): string | undefined {
  const legacyTable = /can't initialize iptables table [`'](\w+)'/.exec(stderr);
  if (legacyTable !== null) return `iptable_${legacyTable[1] ?? ''}`;
  if (/Failed to initialize nft|Could not fetch rule set generation id/.test(stderr)) return 'nf_tables';
  if (/CHAIN_ADD failed/.test(stderr)) return 'nft_chain_nat';
  return undefined;
}
