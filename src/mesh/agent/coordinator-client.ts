// The agent's side of the coordinator: asks for the plan again and again, waits there for changes, and goes on without an answer.
import { setTimeout as sleep } from 'node:timers/promises';
import {
  meshNodeStateSchema,
  meshPlanSchema,
  type MeshNodeState,
  type MeshPlan,
} from '../../model/mesh-plan.ts';
import { placeHeader, staleHeader } from '../coordinator-headers.ts';
import { messageOf } from '../../model/problem.ts';

export interface CoordinatorClient {
  /** When the coordinator last confirmed the plan, monotonic milliseconds; null when it never has. */
  confirmedMs(): number | null;
  /**
   * When a coordinator that hears the Kubernetes API last told anything, monotonic milliseconds: what it had heard by then is known.
   * null when it never has.
   */
  heardMs(): number | null;
  /** Asks whether a coordinator on another node can be reached at this moment. */
  reaches(): Promise<boolean>;
  /** Asks for a node's zone and state; undefined when that is not to be had. */
  stateOf(node: string): Promise<MeshNodeState | undefined>;
  stop(): void;
}

export interface ClientSettings {
  /** `http://HOST:PORT` */
  readonly coordinator: string;
  readonly node: string;
}

export interface ClientSurroundings {
  /** Whether there is a plan to go on with: from the coordinator, or from a file. */
  readonly hasPlan: () => boolean;
  readonly nowMs: () => number;
  /** Numbers in [0, 1). */
  readonly random: () => number;
  readonly log: (message: string) => void;
  readonly onPlan: (plan: MeshPlan) => void;
}

const waitSeconds = 30;
const firstPauseMs = 500;
const longestPauseMs = 30_000;
/** An answer that does not come is given up this long after it was due. */
const patienceMs = 15_000;
const stateTimeoutMs = 5_000;
/** How often it is said again that the coordinator is away. */
const remindMs = 5 * 60_000;

export function startCoordinatorClient(
  { coordinator, node }: ClientSettings,
  surroundings: ClientSurroundings,
): CoordinatorClient {
  const { nowMs, random, log } = surroundings;
  const stopping = new AbortController();
  let revision: string | undefined;
  let confirmedMs: number | null = null;
  let heardMs: number | null = null;
  let awaySinceMs: number | null = null;
  let saidMs = 0;
  let pauseMs = firstPauseMs;

  const isStopped = () => stopping.signal.aborted;

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        await ask();
        back();
      } catch (error) {
        if (isStopped()) return;
        away(reasonOf(error));
        await sleep(pauseMs * (0.5 + random()), undefined, { signal: stopping.signal }).catch(
          () => undefined,
        );
        pauseMs = Math.min(longestPauseMs, pauseMs * 2);
      }
    }
  }

  /** One question. Throws when the answer is no plan and no confirmation. */
  async function ask(): Promise<void> {
    const startMs = nowMs();
    const wait = revision === undefined ? '' : `?wait=${waitSeconds}s`;
    const limitMs = (revision === undefined ? 0 : waitSeconds * 1_000) + patienceMs;
    const response = await fetch(`${coordinator}/v1/plan/${encodeURIComponent(node)}${wait}`, {
      headers: revision === undefined ? {} : { 'if-none-match': `"${revision}"` },
      signal: AbortSignal.any([stopping.signal, AbortSignal.timeout(limitMs)]),
    });
    note(response);
    if (response.status === 304) {
      confirmedMs = nowMs();
      // A coordinator, or a proxy before it, that does not wait must not be asked in a tight loop.
      if (nowMs() - startMs < 1_000) await sleep(1_000, undefined, { signal: stopping.signal });
      return;
    }
    if (response.status !== 200) throw new Error(await refusal(response));
    const plan = meshPlanSchema.safeParse(await response.json());
    if (!plan.success) throw new Error('it answers with something that is no plan; are both of one version?');
    confirmedMs = nowMs();
    revision = plan.data.revision;
    surroundings.onPlan(plan.data);
  }

  /** Any answer of the coordinator's own, whatever it says. */
  function note(response: Response): void {
    if (response.ok || response.status === 304 || response.status === 404) {
      if (response.headers.get(staleHeader) === null) heardMs = nowMs();
    }
  }

  function away(reason: string): void {
    awaySinceMs ??= nowMs();
    if (saidMs !== 0 && nowMs() - saidMs < remindMs) return;
    const since = saidMs === 0 ? '' : ` for ${Math.round((nowMs() - awaySinceMs) / 60_000)} minutes now`;
    saidMs = nowMs();
    const meanwhile = surroundings.hasPlan()
      ? 'going on with the last one, and trying again'
      : 'there is none yet, so nothing is probed; trying again';
    log(`The coordinator at ${coordinator} gives no plan${since} (${reason}); ${meanwhile}.`);
  }

  function back(): void {
    if (awaySinceMs !== null) log(`The coordinator at ${coordinator} is back.`);
    awaySinceMs = null;
    saidMs = 0;
    pauseMs = firstPauseMs;
  }

  function askState(name: string): Promise<Response> {
    return fetch(`${coordinator}/v1/nodes/${encodeURIComponent(name)}`, {
      signal: AbortSignal.any([stopping.signal, AbortSignal.timeout(stateTimeoutMs)]),
    });
  }

  void run();
  return {
    confirmedMs: () => confirmedMs,
    heardMs: () => heardMs,
    async reaches() {
      try {
        const response = await askState(node);
        await response.body?.cancel();
        // One on our own node is reached over no network, and shows nothing.
        return response.status < 500 && response.headers.get(placeHeader) !== node;
      } catch {
        return false;
      }
    },
    async stateOf(name) {
      try {
        const response = await askState(name);
        note(response);
        if (response.status === 200) return meshNodeStateSchema.safeParse(await response.json()).data;
        await response.body?.cancel();
        // It was there when we reached it, and the coordinator remembers for a while: it is gone for long.
        if (response.status === 404) return { node: name, zone: '', leftOut: 'node-deleting', doubt: null };
      } catch {
        // Away; the plan's own polling says so.
      }
      return undefined;
    },
    stop: () => stopping.abort(),
  };
}

async function refusal(response: Response): Promise<string> {
  const text = (await response.text()).trim();
  return `it answers ${response.status}${text === '' || text.length > 300 ? '' : `: ${text}`}`;
}

/** fetch says only that it failed; why is in the cause. */
function reasonOf(error: unknown): string {
  if (error instanceof Error && error.name === 'TimeoutError') return 'no answer in time';
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return messageOf(cause).replace(/\.$/, '');
}
