// Applies a plan to the world in few processes, and takes back what was done when a step fails.
import type { Change, Plan, Step } from '../model/plan.ts';
import { messageOf, Problem } from '../model/problem.ts';
import { applyIpBatch, ipCommand } from '../system/ip.ts';
import { restoreTables, setSysctls } from '../system/iptables.ts';
import { shellCommand } from '../system/plan-commands.ts';

/** Consecutive steps that one process can do. */
type Batch = readonly Step[];

/**
 * Does every step in order. When one fails, undoes those before it in reverse order and throws a `fault` that names the command
 * and what it printed.
 */
export async function applyPlan(plan: Plan): Promise<void> {
  const done: Step[] = [];
  for (const batch of batches(plan)) {
    try {
      await applyBatch(batch.map((step) => step.change));
      done.push(...batch);
    } catch (error) {
      const { failed, succeeded } = blame(batch, error);
      await undo([...done, ...succeeded]);
      throw new Problem('fault', `"${shellCommand(failed.change)}" failed: ${messageOf(error)}`, {
        cause: error,
      });
    }
  }
}

/** Takes steps back, last one first. A step that cannot be taken back does not keep the others from it. */
export async function undo(steps: readonly Step[]): Promise<void> {
  for (const step of steps.toReversed()) {
    if (step.undo !== null) await applyBatch([step.undo]).catch(() => undefined);
  }
}

/** Splits a plan where the tool or the namespace changes. */
export function batches(plan: Plan): Batch[] {
  const result: Step[][] = [];
  let key = '';
  for (const step of plan) {
    const next = batchKey(step.change);
    if (next === key && key !== '') result.at(-1)?.push(step);
    else result.push([step]);
    key = next;
  }
  return result;
}

/** Steps with the same key can share a process; the empty key stands alone. */
function batchKey(change: Change): string {
  switch (change.do) {
    case 'load-iptables':
      return '';
    case 'set-sysctl':
      return `sysctl ${change.netns}`;
    default:
      return `ip ${ipCommand(change).netns ?? ''}`;
  }
}

async function applyBatch(changes: readonly Change[]): Promise<void> {
  const [first] = changes;
  if (first === undefined) return;
  switch (first.do) {
    case 'load-iptables':
      await restoreTables(first.netns, first.tables);
      return;
    case 'set-sysctl':
      await setSysctls(
        first.netns,
        changes.filter((change) => change.do === 'set-sysctl'),
      );
      return;
    default: {
      const commands = changes
        .filter((change) => change.do !== 'set-sysctl' && change.do !== 'load-iptables')
        .map(ipCommand);
      await applyIpBatch(ipCommand(first).netns, commands);
    }
  }
}

/** `ip -batch` names the line that failed; a batch of any other tool fails as a whole. */
function blame(batch: Batch, error: unknown): { failed: Step; succeeded: readonly Step[] } {
  const line = /Command failed -:([0-9]+)/.exec(messageOf(error));
  const index = line === null ? 0 : Number(line[1]) - 1;
  const failed = batch[index] ?? batch[0];
  if (failed === undefined) throw new Error('an empty batch failed', { cause: error });
  return { failed, succeeded: batch.slice(0, index) };
}
