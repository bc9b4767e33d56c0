// Brings a scenario's faults about on their schedules, with seeded jitter, until told to stop.
import type { FaultAction, FaultSpec } from '../../model/fault.ts';
import type { Change } from '../../model/plan.ts';
import { seededRandom } from '../../model/random.ts';
import { applyChanges } from '../world/apply.ts';
import type { RunPrograms } from '../workloads/run-programs.ts';
import { pause } from '../../system/pause.ts';
import { delays, startLoops, type Loops } from '../world/repeat.ts';
import { describeAction } from './describe.ts';

export interface FaultsOptions {
  readonly speed: number;
  readonly seed: number;
  readonly programs: Pick<RunPrograms, 'start' | 'signal'>;
  /** Told of each action when it is done. */
  readonly onAction: (text: string) => void;
}

/**
 * Starts one loop per fault, now. Each draws its jitter from a stream of its own, so that `seed` fixes when it happens. A fault
 * whose steps take longer than its period happens again when they are over.
 */
export function runFaults(specs: readonly FaultSpec[], options: FaultsOptions): Loops {
  const { speed, seed } = options;
  return startLoops(
    specs.map((spec, index) => {
      const random = seededRandom(seed * 1_000 + 500 + index);
      return [(signal) => happen(spec, options, signal), delays(spec.firstMs, spec, speed, random)];
    }),
  );
}

async function happen(spec: FaultSpec, options: FaultsOptions, signal: AbortSignal): Promise<void> {
  const began = performance.now();
  for (const { afterMs, actions } of spec.steps) {
    await pause(Math.max(0, began + afterMs / options.speed - performance.now()), signal);
    if (signal.aborted) return;
    for (const group of groups(actions)) await act(group, options);
  }
}

/** Changes that follow each other are applied as one plan, in few processes. */
function groups(actions: readonly FaultAction[]): (readonly Change[] | Exclude<FaultAction, Change>)[] {
  const result: (Change[] | Exclude<FaultAction, Change>)[] = [];
  for (const action of actions) {
    const last = result.at(-1);
    if (action.do === 'signal' || action.do === 'start') result.push(action);
    else if (Array.isArray(last)) last.push(action);
    else result.push([action]);
  }
  return result;
}

async function act(
  group: readonly Change[] | Exclude<FaultAction, Change>,
  { programs, onAction }: FaultsOptions,
): Promise<void> {
  if (!('do' in group)) {
    await applyChanges(group);
    for (const change of group) onAction(describeAction(change));
    return;
  }
  if (group.do === 'start') await programs.start(group.program);
  else await programs.signal(group.program, group.signal);
  onAction(describeAction(group));
}
