// The agent's side of the coordinator: asks for the plan again and again, waits there for changes, and goes on without an answer.
import { setTimeout as sleep } from 'node:timers/promises';
import {
  meshNodeStateSchema,
  planBounds,
  type MeshNodeState,
  type MeshPlan,
  type RefusalReason,
} from '../../model/mesh-plan.ts';
import { messageOf } from '../../model/problem.ts';
import { createAsk, type Answer } from './coordinator-request.ts';
import { foreignText } from './foreign-text.ts';
import { Refusal } from './refusal.ts';

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
  /** Asks for a node's zone and state; `gone` when the cluster has no such node, undefined when no answer is to be had. */
  stateOf(node: string): Promise<MeshNodeState | 'gone' | undefined>;
  stop(): void;
}

export interface ClientSettings {
  /** `http://HOST:PORT` */
  readonly coordinator: string;
  readonly node: string;
  /** Whose token says who asks; undefined when nobody wants to know. */
  readonly tokenFile: string | undefined;
}

export interface ClientSurroundings {
  /** Whether there is a plan to go on with: from the coordinator, or from a file. */
  readonly hasPlan: () => boolean;
  readonly nowMs: () => number;
  /** Numbers in [0, 1). */
  readonly random: () => number;
  readonly log: (message: string) => void;
  /** The plan of an answer, checked. Throws a Refusal. */
  readonly planOf: (text: string) => MeshPlan;
  readonly onPlan: (plan: MeshPlan) => void;
  /** An answer was refused. */
  readonly refused: (reason: RefusalReason) => void;
}

const waitSeconds = 30;
const firstPauseMs = 500;
const longestPauseMs = 30_000;
/** An answer that does not come is given up this long after it was due. */
const patienceMs = 15_000;
const stateTimeoutMs = 5_000;
const mostStateBytes = 4_096;
/** A coordinator, or a proxy before it, that does not wait must not be asked in a tight loop. */
const shortestMs = 1_000;
/** How often it is said again that the coordinator is away, for the same reason. */
const remindMs = 5 * 60_000;

export function startCoordinatorClient(
  { coordinator, node, tokenFile }: ClientSettings,
  surroundings: ClientSurroundings,
): CoordinatorClient {
  const { nowMs, random, log } = surroundings;
  const put = createAsk(coordinator, tokenFile);
  const stopping = new AbortController();
  let revision: string | undefined;
  let confirmedMs: number | null = null;
  let heardMs: number | null = null;
  let awaySinceMs: number | null = null;
  /** When it was last said, by reason. */
  const saidMs = new Map<RefusalReason | 'no-answer', number>();
  let isAwaySaid = false;
  let pauseMs = firstPauseMs;

  const isStopped = () => stopping.signal.aborted;

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      const startMs = nowMs();
      try {
        await ask();
        back();
        await pause(shortestMs - (nowMs() - startMs));
      } catch (error) {
        if (isStopped()) return;
        away(error);
        await pause(pauseMs * (0.5 + random()));
        pauseMs = Math.min(longestPauseMs, pauseMs * 2);
      }
    }
  }

  async function pause(milliseconds: number): Promise<void> {
    if (milliseconds <= 0) return;
    await sleep(milliseconds, undefined, { signal: stopping.signal }).catch(() => undefined);
  }

  /** One question. Throws when the answer is no plan and no confirmation. */
  async function ask(): Promise<void> {
    const had = revision;
    const answer = await put({
      path: `/v1/plan/${encodeURIComponent(node)}${had === undefined ? '' : `?wait=${waitSeconds}s`}`,
      headers: had === undefined ? {} : { 'if-none-match': `"${had}"` },
      signal: limited((had === undefined ? 0 : waitSeconds * 1_000) + patienceMs),
      mostBytes: planBounds.bytes,
    });
    if (had === undefined || answer.status !== 304) {
      if (answer.status === 404) note(answer);
      if (answer.status !== 200) throw refusal(answer);
      const plan = surroundings.planOf(answer.text);
      revision = plan.revision;
      surroundings.onPlan(plan);
    }
    confirmedMs = nowMs();
    note(answer);
  }

  function limited(milliseconds: number): AbortSignal {
    return AbortSignal.any([stopping.signal, AbortSignal.timeout(milliseconds)]);
  }

  /** Of an answer that is the coordinator's own. */
  function note({ isFresh }: Answer): void {
    if (isFresh) heardMs = nowMs();
  }

  function away(error: unknown): void {
    awaySinceMs ??= nowMs();
    const reason = error instanceof Refusal ? error.reason : 'no-answer';
    if (reason !== 'no-answer') surroundings.refused(reason);
    const last = saidMs.get(reason);
    if (last !== undefined && nowMs() - last < remindMs) return;
    const minutes = Math.round((nowMs() - awaySinceMs) / 60_000);
    const since = minutes < 2 ? '' : ` for ${minutes} minutes now`;
    saidMs.set(reason, nowMs());
    isAwaySaid = true;
    const meanwhile = surroundings.hasPlan()
      ? 'going on with the last one, and trying again'
      : 'there is none yet, so nothing is probed; trying again';
    log(`The coordinator at ${coordinator} gives no plan${since} (${reasonOf(error)}); ${meanwhile}.`);
  }

  function back(): void {
    if (isAwaySaid) log(`The coordinator at ${coordinator} is back.`);
    isAwaySaid = false;
    awaySinceMs = null;
    pauseMs = firstPauseMs;
  }

  function askState(name: string, isAnonymous = false): Promise<Answer> {
    return put({
      path: `/v1/nodes/${encodeURIComponent(name)}`,
      signal: limited(stateTimeoutMs),
      mostBytes: mostStateBytes,
      isAnonymous,
    });
  }

  void run();
  return {
    confirmedMs: () => confirmedMs,
    heardMs: () => heardMs,
    async reaches() {
      try {
        const { status, place } = await askState(node, true);
        // One on our own node is reached over no network, and shows nothing.
        return status < 500 && place !== node;
      } catch (error) {
        // What is refused was answered.
        return error instanceof Refusal;
      }
    },
    async stateOf(name) {
      try {
        const answer = await askState(name);
        if (answer.status === 404) {
          note(answer);
          return 'gone';
        }
        if (answer.status !== 200) return undefined;
        const state = meshNodeStateSchema.safeParse(JSON.parse(answer.text)).data;
        if (state?.node !== name) return undefined;
        note(answer);
        return state;
      } catch {
        // Away; the plan's own polling says so.
        return undefined;
      }
    },
    stop: () => stopping.abort(),
  };
}

function refusal({ status, text }: Answer): Error {
  const says = text.trim() === '' ? '' : `: ${foreignText(text.trim())}`;
  if (status !== 401 && status !== 403) return new Error(`it answers ${status}${says}`);
  return new Refusal(
    'unauthenticated',
    `it answers ${status}${says}; give a token for the audience netdebug-coordinator with --token-file, of a service account that it takes`,
  );
}

/** fetch throws a TypeError that says only that it failed; why is in the cause. What is not our own sentence may hold what the other side sent. */
function reasonOf(error: unknown): string {
  if (error instanceof Error && error.name === 'TimeoutError') return 'no answer in time';
  const cause = error instanceof TypeError && error.cause instanceof Error ? error.cause : error;
  const message = messageOf(cause).replace(/\.$/, '');
  return error instanceof Refusal || /^[ -~]*$/.test(message) ? message : foreignText(message);
}
