// What would let a watch see what it cannot see here: the exact command, where one would.
import type { MissingWitness } from '../../model/missing-witness.ts';
import type { Capability } from '../../system/capabilities.ts';
import { installCommand, toolNames, type PackageManager, type ToolName } from '../../system/find-tool.ts';

export interface Surroundings {
  readonly root: boolean;
  /** Of those that witnesses use. */
  readonly missingCapabilities: readonly Capability[];
  readonly packageManager: PackageManager | undefined;
  /** The words that start the same again as root, for a shell. */
  readonly asRoot: string;
}

export function remediesFor(missing: readonly MissingWitness[], here: Surroundings): string[] {
  const unseen = missing.filter(({ reason }) => !reason.startsWith('left out, as --without'));
  const tools = toolNames.filter((tool) => unseen.some((one) => lacks(one, tool)));
  const install =
    tools.length === 0 || here.packageManager === undefined
      ? []
      : [`to install what is missing: ${installCommand(tools, here.packageManager, here)}`];
  return [...install, ...rightsRemedy(unseen, here)];
}

const lacks = ({ reason }: MissingWitness, tool: ToolName): boolean =>
  new RegExp(`(^|[^A-Za-z-])${tool} (is not installed|cannot be found)`).test(reason);

function rightsRemedy(unseen: readonly MissingWitness[], here: Surroundings): string[] {
  if (unseen.length === 0 || here.missingCapabilities.length === 0) return [];
  if (!here.root) return [`to see more: ${here.asRoot}`];
  const flags = here.missingCapabilities.map((name) => `--cap-add ${name.replace(/^CAP_/, '')}`);
  return [`root here lacks rights; a container has them with: ${flags.join(' ')}`];
}
