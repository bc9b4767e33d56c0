// The last plan on disk, for an agent that is restarted while the coordinator is away.
import { open, rename, writeFile } from 'node:fs/promises';
import { planBounds, type MeshPlan } from '../../model/mesh-plan.ts';

/** What the file holds; undefined when there is none, or it cannot be read or is larger than a plan: then the agent waits for the coordinator. */
export async function readPlanFile(file: string): Promise<string | undefined> {
  try {
    const handle = await open(file);
    try {
      const buffer = Buffer.alloc(planBounds.bytes + 1);
      let length = 0;
      for (let got = 1; got > 0 && length < buffer.length; length += got)
        ({ bytesRead: got } = await handle.read(buffer, length, buffer.length - length));
      return length > planBounds.bytes ? undefined : buffer.toString('utf8', 0, length);
    } finally {
      await handle.close();
    }
  } catch {
    return undefined;
  }
}

/** Replaces the file at once, so that a kill leaves the old or the new one. Rejects when it cannot be written. */
export async function writePlanFile(file: string, plan: MeshPlan): Promise<void> {
  await writeFile(`${file}.new`, JSON.stringify(plan));
  await rename(`${file}.new`, file);
}
