// Whose each connection is, its queues, timers and retransmissions; and what the kernel knew of it when it was destroyed.
import { existsSync } from 'node:fs';
import { formatMicros } from '../model/clock.ts';
import { messageOf, Problem } from '../model/problem.ts';
import { findTool } from '../system/find-tool.ts';
import { parseSsLine } from '../system/tools/ss.ts';
import { readAtIntervals } from './sampled-witness.ts';
import { trackScopes, type Scope } from './scopes.ts';
import { createEndBudget } from './sockets/end-budget.ts';
import { listenToEnds, type EndsListener } from './sockets/ends-listener.ts';
import { listSockets } from './sockets/list-sockets.ts';
import { identityOf } from './sockets/process-identity.ts';
import { socketRights } from './sockets/rights.ts';
import { findSocketOwners, noOwners } from './sockets/socket-owners.ts';
import { createSocketRecords, type ScopeList } from './sockets/socket-records.ts';
import type { Witness, WitnessContext } from './witness.ts';

/** A list is made this many times less often than counters are read; a later one of 20,000 sockets takes a quarter of a second of a core. */
const periods = 10;
const leastPeriodMs = 1_000;
/** Of the time, waiting included, that listings may take, the first one too: what comes and goes between them tells of itself as it ends. */
const listingShare = 0.002;
/** Most of what the first list takes is to tell all that there is; the next one only tells what is new. */
const firstListCounts = 0.25;
const longestFirstPauseMs = 60_000;
/** A process listens in each; a node has 110 pods, or 256. */
const mostPods = 256;
const atOnce = 8;
/** Of ends that tell nothing: the evidence of other witnesses is in the same file. */
const orderlyEnds = { perSecond: 100, burst: 20_000 };
/** Many programs say something as they go that nobody answers. */
const unansweredEnds = { perSecond: 500, burst: 20_000 };

/**
 * Lists all connections at the start and then rarely, and between the lists hears of each one's end. Whose a connection is that came
 * and went between two lists, nobody was asked.
 */
export const sockets: Witness = {
  name: 'sockets',
  extension: 'log',
  share: 10,
  async start(context) {
    requireTools();
    const { clock, node, pods, podNames, pace } = context;
    const rights = socketRights(context);
    const raw = context.openRaw();
    const monotonic = () => clock.monotonic();
    const records = createSocketRecords({
      ...{ podNames, monotonic, now: () => formatMicros(clock.now()) },
      budgets: {
        orderly: createEndBudget(monotonic, orderlyEnds),
        unanswered: createEndBudget(monotonic, unansweredEnds),
      },
      findOwners: context.seesProcesses ? () => findSocketOwners() : () => Promise.resolve(noOwners),
      identify: (pid) => identityOf(`/proc/${pid}`, context.tellsArguments),
      tell(event, text) {
        raw.write(`${text}\n`);
        if (event !== undefined) context.emit(event, text);
      },
    });
    const said = listeningWords(context);
    const open = (proc: string, name: string, isNode: boolean) =>
      listenToEnds(...([proc, said(name, isNode), pods, () => clock.now()] as const), (line, at) => {
        const text = line.trimEnd();
        const socket = parseSsLine(text);
        if (socket !== undefined) records.ended(formatMicros(at), name, socket, text);
      });
    const ofNode = await open(context.proc, node, true);
    // Null once it is not known of one of them.
    let lostWithPods: number | null = 0;
    const close = async ({ ends }: Listening) => {
      const lost = await (await ends)?.stop();
      if (lost !== undefined) lostWithPods = sum(lostWithPods, lost);
    };
    const scopes = trackScopes<Listening>({
      ...{ node: { name: node, proc: context.proc }, pods },
      begin: () => ({ ends: undefined, isRefused: !rights.mayEnter }),
      onGone: ({ state }) => void close(state),
    });
    const podsNow = () => scopesNow(scopes).filter(({ name }) => name !== node);

    const listenIn = async ({ name, proc, state }: Scope<Listening>): Promise<void> => {
      state.ends = open(proc, name, false).catch((error: unknown) => {
        state.isRefused = true;
        // It may be gone by now, which is no fault.
        if (existsSync(proc))
          context.limited(`the sockets of ${name} cannot be seen: ${messageOf(error)}`, null, ['pods']);
        return undefined;
      });
      await state.ends;
    };
    /** Listens in pods' namespaces that are new; resolves when it does. */
    const follow = async (): Promise<void> => {
      const all = podsNow();
      const [fresh, old] = [all.filter(isNew), all.filter((pod) => !isNew(pod))];
      const wanted = fresh.slice(0, Math.max(0, mostPods - old.length));
      for (let from = 0; from < wanted.length; from += atOnce)
        await Promise.all(wanted.slice(from, from + atOnce).map(listenIn));
      if (wanted.length < fresh.length)
        context.limited(`of ${all.length} pods the sockets of ${mostPods} are seen`, null, ['pods']);
    };
    const list = async (): Promise<void> => {
      const ofNodeItself = { scope: node, read: (onLine: OnLine) => listSockets(context.proc, onLine) };
      const ofPods = podsNow().flatMap(({ name, proc, state }): ScopeList[] => {
        if (state.isRefused || state.ends === undefined) return [];
        // It may be gone by now.
        return [{ scope: name, read: (onLine) => listSockets(proc, onLine).catch(() => undefined) }];
      });
      const { refused, leftOut } = await records.seen([ofNodeItself, ...ofPods]);
      if (leftOut)
        context.limited('whose some sockets are is not known: the machine has too many open files', null);
      if (refused > 0 && rights.limit === null)
        context.limited(`whose sockets are could not be seen of ${refused} processes`, null);
      await checkLoss();
    };
    const checkLoss = async (): Promise<void> => {
      const ofPods = podsNow().map(async ({ state }) => (await state.ends)?.lost() ?? 0);
      const counts = [ofNode.lost() ?? 0, ...(await Promise.all(ofPods))];
      const lost = counts.reduce((all, one) => all + one, lostWithPods ?? 0);
      if (lost > 0) context.limited(`the kernel could not deliver ${lost} ends of sockets`, lost);
    };
    let [notBefore, isStopping] = [0, false];
    try {
      await follow();
      const begun = monotonic();
      await list();
      const pause = firstListCounts * ((monotonic() - begun) / listingShare);
      notBefore = monotonic() + Math.min(pause, longestFirstPauseMs);
    } catch (error) {
      await Promise.all([ofNode.stop(), ...podsNow().map(({ state }) => close(state))]);
      throw error;
    }
    // Each end tells of itself: what a list does not show yet is no less known.
    const toldOfEnds = { ...context, read: () => undefined };
    const following = readAtIntervals(toldOfEnds, {
      ...{ scope: '', end: () => '', sample: follow },
    });
    const listing = readAtIntervals(toldOfEnds, {
      scope: `all TCP connections of the node and ${scopes.size - 1} pods, listed rarely, and each one's end`,
      limit: rights.limit,
      periodMs: Math.max(pace.periodMs * periods, leastPeriodMs),
      share: listingShare,
      sample: async () => {
        if (monotonic() >= notBefore || isStopping) await list();
      },
      end: () => records.summary(),
    });
    return {
      ...listing,
      async stop() {
        isStopping = true;
        await following.stop();
        const end = await listing.stop();
        await Promise.all(podsNow().map(({ state }) => close(state)));
        const lost = sum(lostWithPods, await ofNode.stop());
        records.end();
        return { ...end, lost, text: records.summary() };
      },
    };
  },
};

type OnLine = (line: string) => void;

interface Listening {
  /** Undefined until somebody listens in this namespace; resolves with undefined where that failed. */
  ends: Promise<EndsListener | undefined> | undefined;
  /** It cannot be entered, and is not tried again. */
  isRefused: boolean;
}

const isNew = ({ state }: Scope<Listening>) => state.ends === undefined && !state.isRefused;

const sum = (a: number | null, b: number | null) => (a === null || b === null ? null : a + b);

function requireTools(): void {
  for (const [tool, whence] of [
    ['ss', 'iproute2'],
    ['nsenter', 'util-linux'],
    ['stdbuf', 'coreutils'],
  ] as const) {
    if (findTool(tool) === undefined)
      throw new Problem('missing', `${tool} is not installed; it comes with ${whence}`);
  }
}

/** What a tool in a pod's namespace says of itself is not the end of the witness. */
function listeningWords(context: WitnessContext) {
  return (name: string, isNode: boolean): Pick<WitnessContext, 'failed' | 'limited'> => ({
    failed: (text, final) => context.failed(isNode ? text : `${name}: ${text}`, isNode && final),
    limited: (text, lost) => context.limited(isNode ? text : `${name}: ${text}`, lost),
  });
}

function scopesNow(scopes: ReturnType<typeof trackScopes<Listening>>): Scope<Listening>[] {
  const found: Scope<Listening>[] = [];
  scopes.each((scope) => {
    if (!existsSync(scope.proc)) return false;
    found.push(scope);
    return true;
  });
  return found;
}
