// The last plan on disk, for an agent that is restarted while the coordinator is away.
import { readFile, rename, writeFile } from 'node:fs/promises';
import { meshPlanSchema, type MeshPlan } from '../../model/mesh-plan.ts';

/** Undefined when there is none, or when it is another node's or unreadable: then the agent waits for the coordinator. */
export async function readPlanFile(file: string, node: string): Promise<MeshPlan | undefined> {
  try {
    const plan = meshPlanSchema.safeParse(JSON.parse(await readFile(file, 'utf8')));
    return plan.success && plan.data.node === node ? plan.data : undefined;
  } catch {
    return undefined;
  }
}

/** Replaces the file at once, so that a kill leaves the old or the new one. Rejects when it cannot be written. */
export async function writePlanFile(file: string, plan: MeshPlan): Promise<void> {
  await writeFile(`${file}.new`, JSON.stringify(plan));
  await rename(`${file}.new`, file);
}
