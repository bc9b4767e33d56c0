// `netdebug lab …`: the laboratory's commands.
import { Command } from 'commander';
import { execCommand } from './lab/exec.ts';
import { insideCommand } from './lab/inside.ts';
import { listCommand } from './lab/list.ts';
import { meshCommand } from './lab/mesh.ts';
import { matrixCommand } from './lab/matrix.ts';
import { runCommand } from './lab/run.ts';

export function command(): Command {
  const lab = new Command('lab').description(
    'reproduce resets in private network namespaces on this machine',
  );
  // `lab exec node-1 ip -br link`: what follows the command's name belongs to that command.
  lab.enablePositionalOptions();
  for (const sub of [runCommand(), matrixCommand(), meshCommand(), listCommand(), execCommand()]) {
    lab.addCommand(sub);
  }
  return lab.addCommand(insideCommand(), { hidden: true });
}
