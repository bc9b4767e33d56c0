// Applies a plan to the world in few processes, several at a time, and takes back what was done when a step fails.
import { availableParallelism } from 'node:os';
import type { Change, Plan, Step } from '../../model/plan.ts';
import { messageOf, Problem } from '../../model/problem.ts';
import { deleteEntries, fillConntrack } from '../../system/tools/conntrack.ts';
import { applyIpBatch, ipCommand, isIpChange } from '../../system/tools/ip.ts';
import { changeChainRule, restoreTables } from '../../system/tools/iptables.ts';
import { addIpvsService, setIpvsTimeout } from '../../system/tools/ipvsadm.ts';
import { deleteNftTable, loadNftTable } from '../../system/tools/nft.ts';
import { destroySockets } from '../../system/tools/ss-kill.ts';
import { setSysctls } from '../../system/tools/sysctl.ts';
import { shellCommand } from './plan-commands.ts';

/** Consecutive steps that one process can do. */
type Batch = readonly Step[];

/** Namespaces that are worked on at the same time: `ip` waits for the kernel about as long as it computes. */
const lanesAtOnce = 2 * availableParallelism();

/**
 * Does every step; those of one namespace in order, and none before an earlier one that is not of a single namespace. When one
 * fails, undoes those before it in reverse order and throws a `fault` that names the command and what it printed.
 */
export function applyPlan(plan: Plan): Promise<void> {
  return applyStages(stages(plan));
}

async function applyStages(all: readonly (readonly Plan[])[]): Promise<void> {
  const done: Step[] = [];
  for (const stage of all) {
    const lanes = [...stage];
    const failures: BatchFailure[] = [];
    const work = async () => {
      for (let lane = lanes.shift(); lane !== undefined && failures.length === 0; lane = lanes.shift()) {
        const failure = await applyLane(lane, done);
        if (failure !== undefined) failures.push(failure);
      }
    };
    await Promise.all(Array.from({ length: Math.min(lanesAtOnce, lanes.length) }, work));
    const [first] = failures;
    if (first === undefined) continue;
    const { batch, error } = first;
    const { failed, succeeded } = blame(batch, error);
    await undo([...done, ...succeeded]);
    throw new Problem('fault', `"${shellCommand(failed.change)}" failed: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

interface BatchFailure {
  readonly batch: Batch;
  readonly error: unknown;
}

/** Does a lane's batches in order, and notes in `done` what was done. Returns what failed. */
async function applyLane(lane: Plan, done: Step[]): Promise<BatchFailure | undefined> {
  for (const batch of batches(lane)) {
    try {
      await applyBatch(batch.map((step) => step.change));
      done.push(...batch);
    } catch (error) {
      return { batch, error };
    }
  }
  return undefined;
}

/**
 * Splits a plan into stages, one after the other, each of lanes that may go on at the same time. Steps that work inside one
 * namespace and vanish with it make a lane for each namespace; any other step is a stage with its like.
 */
export function stages(plan: Plan): Plan[][] {
  const result: Map<string, Step[]>[] = [];
  let before: 'own' | 'common' | undefined;
  for (const step of plan) {
    const netns = ownNamespace(step);
    const kind = netns === undefined ? 'common' : 'own';
    if (kind !== before) result.push(new Map());
    before = kind;
    const lanes = result.at(-1);
    const lane = lanes?.get(netns ?? '');
    if (lane === undefined) lanes?.set(netns ?? '', [step]);
    else lane.push(step);
  }
  return result.map((lanes) => [...lanes.values()]);
}

/** Undefined for a step that touches more than one namespace, or whose undoing has its place in the order. */
function ownNamespace({ change, undo: taken }: Step): string | undefined {
  if (taken !== null || change.do === 'add-veth' || change.do === 'add-netns' || change.do === 'delete-netns')
    return undefined;
  return change.netns;
}

/** Does changes that nothing takes back, strictly one after the other; throws like applyPlan. */
export async function applyChanges(changes: readonly Change[]): Promise<void> {
  await applyStages([[changes.map((change) => ({ change, undo: null }))]]);
}

/** Takes steps back, last one first. A step that cannot be taken back does not keep the others from it. */
async function undo(steps: readonly Step[]): Promise<void> {
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
  if (change.do === 'set-sysctl') return `sysctl ${change.netns}`;
  if (!isIpChange(change)) return '';
  const { netns, family = 'ipv4' } = ipCommand(change);
  return `ip ${family} ${netns ?? ''}`;
}

function applyBatch(changes: readonly Change[]): Promise<void> {
  const [first] = changes;
  if (first === undefined) return Promise.resolve();
  switch (first.do) {
    case 'load-iptables':
      return restoreTables(first.netns, first.tables, first.family);
    case 'add-chain-rule':
      return changeChainRule(first.netns, 'add', first.rule, first.family);
    case 'delete-chain-rule':
      return changeChainRule(first.netns, 'delete', first.rule, first.family);
    case 'load-nft-table':
      return loadNftTable(first.netns, first.name, first.body, first.of);
    case 'delete-nft-table':
      return deleteNftTable(first.netns, first.name);
    case 'add-ipvs-service':
      return addIpvsService(first);
    case 'set-ipvs-timeout':
      return setIpvsTimeout(first.netns, first.seconds);
    case 'delete-entries':
      return deleteEntries(first.netns, first.filter, first.family);
    case 'destroy-sockets':
      return destroySockets(first.netns, first.filter);
    case 'fill-conntrack':
      return fillConntrack(first);
    case 'set-sysctl': {
      const settings = changes.filter((change) => change.do === 'set-sysctl');
      return setSysctls(first.netns, settings);
    }
    default:
      return applyIpBatch(ipCommand(first).netns, changes.filter(isIpChange).map(ipCommand));
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
