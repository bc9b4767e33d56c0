// `netdebug lab …`: the laboratory's commands, and the inner process that does their task inside the world.
import { Command } from 'commander';
import { wantedParts, type Parts } from './wanted-parts.ts';

const parts: Parts = {
  run: async () => (await import('./lab/run.ts')).runCommand(),
  matrix: async () => (await import('./lab/matrix.ts')).matrixCommand(),
  mesh: async () => (await import('./lab/mesh.ts')).meshCommand(),
  list: async () => (await import('./lab/list.ts')).listCommand(),
  exec: async () => (await import('./lab/exec.ts')).execCommand(),
  'inside-world': async () => (await import('./lab/inside.ts')).insideCommand(),
};

/** For ourselves alone. */
const hidden = new Set(['inside-world']);

/** @param argv The words after `netdebug`. */
export async function command(argv: readonly string[]): Promise<Command> {
  // Positional options: of `lab exec node-1 ip -br link`, what follows the command's name belongs to that command.
  const lab = new Command('lab')
    .description('reproduce resets in private network namespaces on this machine')
    .enablePositionalOptions();
  for (const part of await wantedParts(parts, 'lab', argv))
    lab.addCommand(part, { hidden: hidden.has(part.name()) });
  return lab;
}
