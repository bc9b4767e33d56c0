// The inner process of a lab command, which lives in the private world and does the task there.
import { Command } from 'commander';
import { runMeshInside } from './mesh.ts';
import { runInside } from './run.ts';
import { insideWord, insideWorld, type InsideTask } from './world-process.ts';

export function insideCommand(): Command {
  return new Command(insideWord).argument('<task>').action(doInside);
}

/** @param text The task, written by our own outer process, in this very version: the contract is the type. */
async function doInside(text: string): Promise<void> {
  const task = JSON.parse(text) as InsideTask;
  await insideWorld((world) =>
    task.do === 'run' ? runInside(task, world) : runMeshInside(task.settings, world.signal),
  );
}
