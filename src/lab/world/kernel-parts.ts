// Whether this kernel has what a scenario needs beyond the others: tried in namespaces that are gone afterwards.
import type { KernelPart, Scenario } from '../../model/scenario.ts';
import { findTool } from '../../system/find-tool.ts';
import { run } from '../../system/process.ts';
import { sandboxArgv } from './sandbox.ts';

interface Trial {
  /** The part in words. */
  readonly what: string;
  /** Succeeds where it is there; its first word is the program that the scenario needs besides. */
  readonly argv: readonly [string, ...string[]];
}

const trials: Readonly<Record<KernelPart, Trial>> = {
  ip_vs: { what: 'IPVS', argv: ['ipvsadm', '--list', '--numeric'] },
};

/** What the scenario lacks here, as one sentence; null where nothing is. The lab itself must be able to run. */
export async function lackingHere({
  name,
  needsKernel,
}: Pick<Scenario, 'name' | 'needsKernel'>): Promise<string | null> {
  if (needsKernel === undefined) return null;
  const { what, argv } = trials[needsKernel];
  if (findTool(argv[0]) === undefined)
    return `${name} needs ${argv[0]}, and a kernel with ${what} (module ${needsKernel}): install the package ${argv[0]}.`;
  const { exitCode, stderr } = await run([...sandboxArgv(process.getuid?.() === 0), ...argv]);
  if (exitCode === 0) return null;
  const said = stderr.trim().split('\n')[0] ?? '';
  return `${name} needs a kernel with ${what}, which this one has not (${said}): try sudo modprobe ${needsKernel}, or see scripts/guest for a machine that has it.`;
}
