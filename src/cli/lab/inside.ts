// The inner process of the lab: does the task that the outer process hands over, inside the world.
import { Command } from 'commander';
import { runMeshInside } from './mesh.ts';
import { runInside } from './run.ts';
import { insideWord, insideWorld, type InsideTask } from './world-process.ts';

export function insideCommand(): Command {
  return new Command(insideWord).argument('<task>').action(async (text: string) => {
    const signal = await insideWorld();
    // Our own outer process wrote it, in this very version: the contract is the type.
    const task = JSON.parse(text) as InsideTask;
    process.exitCode =
      task.do === 'run' ? await runInside(task, signal) : await runMeshInside(task.settings, signal);
  });
}
