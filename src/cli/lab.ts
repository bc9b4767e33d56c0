// `netdebug lab …`: the laboratory's commands, and the inner process that does their task inside the world.
import { Command } from 'commander';
import { execCommand } from './lab/exec.ts';
import { listCommand } from './lab/list.ts';
import { meshCommand, runMeshInside } from './lab/mesh.ts';
import { matrixCommand } from './lab/matrix.ts';
import { runCommand, runInside } from './lab/run.ts';
import { insideWord, insideWorld, type InsideTask } from './lab/world-process.ts';

export function command(): Command {
  // Positional options: of `lab exec node-1 ip -br link`, what follows the command's name belongs to that command.
  return new Command('lab')
    .description('reproduce resets in private network namespaces on this machine')
    .enablePositionalOptions()
    .addCommand(runCommand())
    .addCommand(matrixCommand())
    .addCommand(meshCommand())
    .addCommand(listCommand())
    .addCommand(execCommand())
    .addCommand(new Command(insideWord).argument('<task>').action(doInside), { hidden: true });
}

/** @param text The task, written by our own outer process, in this very version: the contract is the type. */
async function doInside(text: string): Promise<void> {
  const task = JSON.parse(text) as InsideTask;
  await insideWorld((world) =>
    task.do === 'run' ? runInside(task, world) : runMeshInside(task.settings, world.signal),
  );
}
