// The last plan on disk, for an agent that is restarted while the coordinator is away.
import { open, rename, writeFile } from 'node:fs/promises';
import { planBounds, type MeshPlan } from '../../model/mesh-plan.ts';
import { Refusal } from './refusal.ts';

/** What the file holds; undefined when there is none, or it cannot be read. Rejects with a Refusal when it is larger than a plan can be. */
export async function readPlanFile(file: string): Promise<string | undefined> {
  const handle = await open(file).catch(() => undefined);
  if (handle === undefined) return undefined;
  const buffer = Buffer.alloc(planBounds.bytes + 1);
  let length = 0;
  try {
    for (let got = 1; got > 0 && length < buffer.length; length += got)
      ({ bytesRead: got } = await handle.read(buffer, length, buffer.length - length));
  } catch {
    return undefined;
  } finally {
    await handle.close();
  }
  if (length > planBounds.bytes)
    throw new Refusal('too-large', `it is larger than ${planBounds.bytes} bytes`);
  return buffer.toString('utf8', 0, length);
}

/** Replaces the file at once, so that a kill leaves the old or the new one. Rejects when it cannot be written. */
export async function writePlanFile(file: string, plan: MeshPlan): Promise<void> {
  await writeFile(`${file}.new`, JSON.stringify(plan));
  await rename(`${file}.new`, file);
}
