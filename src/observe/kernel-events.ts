// What the kernel itself says of TCP connections that end: its tracepoints, by a tracing instance of our own.
import { formatMicros } from '../model/clock.ts';
import type { BlindSpot } from '../model/node-event.ts';
import { messageOf } from '../model/problem.ts';
import { traceCallStacks, type CallStacks } from './kernel/call-stacks.ts';
import { configure } from './kernel/configure.ts';
import { createInstance, type TraceInstance } from './kernel/instance.ts';
import { createEventKeeper } from './kernel/keep-events.ts';
import { hidesSockets } from './kernel/listener-sockets.ts';
import { trackNodeNamespaces, type NodeNamespaces } from './kernel/node-namespaces.ts';
import { askOwnPid } from './kernel/own-pid.ts';
import { openMachineProc, type MachineProc } from './kernel/machine-proc.ts';
import { sameFlowMicros } from './kernel/ownership.ts';
import { createProcesses } from './kernel/processes.ts';
import {
  createReckoning,
  describeBalance,
  missingBy,
  surplusBy,
  type Reckoning,
} from './kernel/reckoning.ts';
import { overwrittenIn } from './kernel/ring.ts';
import { createTracePipe } from './kernel/trace-pipe.ts';
import { openTracefs } from './kernel/tracefs.ts';
import { describeTally, limitOf, scopeOf, severalSentence, surplusSentence } from './kernel/words.ts';
import { podLimit } from './scopes.ts';
import type { RunningWitness, Witness, WitnessContext } from './witness.ts';

/** Each waking costs some 250 us, whatever it finds; the ring must hold what comes between. */
const readEveryMs = 200;
/** A list of all processes, and a look at those that are new. */
const meetEveryMs = 1_000;
const restBetweenMeetings = 500;
/** Whoever is longer than that is known at its end. The first meeting takes longest, with all that were there already. */
const meetAtLeastEveryMs = 2_500;
/** When a connection of the node's has just ended, somebody who came meanwhile must not be taken for the node. */
const [meetAgainMs, restInTrouble] = [150, 20];
/** Looking for pods walks through all processes. */
const lookEveryMs = 5_000;
const lookAgainMs = 500;
/** A look for an address is followed by this many times its length without one, and one that nothing asked for by more. */
const restBetweenLooks = 50;
const restBetweenRounds = 200;
const settlePauseMs = 5;
/** Where events come as fast as they are read, the end does not wait for the last of them. */
const mostTurns = 400;

export const kernelEvents: Witness = {
  name: 'kernel-events',
  extension: 'log',
  share: 15,
  async start(context) {
    const tracefs = await openTracefs();
    let instance: TraceInstance | undefined;
    let machine: MachineProc | null = null;
    let stacks: CallStacks | undefined;
    const release = async () => {
      stacks?.remove();
      instance?.remove();
      machine?.release();
      await tracefs.release();
    };
    try {
      instance = await createInstance(tracefs.root);
      machine = await openMachineProc(await askOwnPid(instance.path, instance.pipe));
      stacks = await traceCallStacks(tracefs.root);
      return watch(context, instance, stacks, machine, release);
    } catch (error) {
      await release();
      throw error;
    }
  },
};

function watch(
  context: WitnessContext,
  instance: TraceInstance,
  stacks: CallStacks,
  machine: MachineProc | null,
  release: () => Promise<void>,
): RunningWitness {
  const { clock, node, pods } = context;
  const monotonic = () => clock.monotonic();
  const processes = createProcesses({ machine, names: context.podNames, monotonic });
  const namespaces = trackNodeNamespaces({
    node: { name: node, proc: context.proc },
    machineProc: machine?.folder ?? '/proc',
    ...{ pods, monotonic },
  });
  const configured = configure(instance.path);
  const { reckoning, since } = beginReckoning(namespaces);
  const raw = context.openRaw();
  let toWall = 0;
  let sawReset = false;

  let [lookedAt, lookTook, stopping] = [monotonic(), 0, false];
  const look = () => {
    const begun = monotonic();
    namespaces.refresh();
    reckoning.follow(namespaces.scopes.values());
    lookedAt = monotonic();
    lookTook = lookedAt - begun;
  };
  let [metAt, meetingTook, isJoined] = [-Infinity, 0, false];
  const meet = () => {
    metAt = monotonic();
    if (namespaces.isJoinedBy(processes.meet())) isJoined = true;
    meetingTook = monotonic() - metAt;
    if (!isJoined || isTooEarly()) return;
    look();
    isJoined = false;
  };
  /** To look for namespaces once more. */
  const isTooEarly = () => monotonic() - lookedAt < Math.max(lookAgainMs, lookTook * restBetweenLooks);
  const hasMetWithin = (milliseconds: number, rest: number) =>
    monotonic() - metAt < Math.min(meetAtLeastEveryMs, Math.max(milliseconds, meetingTook * rest));
  meet();
  // At first all are new; later ones cost less.
  meetingTook = 0;
  const keeper = createEventKeeper({
    kinds: new Map(configured.chosen.map(({ name, kind }) => [name, kind])),
    ...{ namespaces, processes },
    stackOf: (line, told) => stacks.take(line, told),
    onUnknown() {
      const early = isTooEarly();
      if (!early) look();
      // In the end nothing waits: a last look was made.
      return !early || stopping;
    },
    onTrouble() {
      if (!hasMetWithin(meetAgainMs, restInTrouble)) meet();
    },
    onTold(scope, told, at) {
      if (at >= since) reckoning.note(scope, told);
    },
    emit(event, at, text) {
      raw.write(`${text}\n`);
      sawReset ||= event.tracepoint === 'send-reset' || event.tracepoint === 'receive-reset';
      context.emit({ ...event, at: formatMicros(Math.round(at + toWall)) }, text);
    },
  });
  const pipe = createTracePipe(instance.pipe, (line) => keeper.push(line));
  let overwritten = 0;
  const lost = () => {
    overwritten = overwrittenIn(instance.path, overwritten);
    return Math.max(keeper.tally.lost, overwritten);
  };
  const toldLimits = new Set<string>();
  const tellOnce = (text: string, blindTo?: readonly BlindSpot[]) => {
    if (!toldLimits.has(text)) context.limited(text, null, blindTo);
    toldLimits.add(text);
  };
  const read = (): boolean => {
    const now = traceMicros();
    toWall = clock.now() - now;
    const more = pipe.read();
    // After it: of an event that was read the stack is there.
    stacks.read();
    keeper.flush(stopping ? Infinity : now - sameFlowMicros);
    // Whoever listens now must not take for silence what was left out.
    if (keeper.tally.several > 0) tellOnce(severalSentence);
    if (sawReset) context.sawReset();
    sawReset = false;
    return more;
  };
  let toldLost = 0;
  const tellLimits = () => {
    const count = lost();
    if (count > toldLost) context.limited(`the kernel overwrote ${count} events in all`, count);
    toldLost = count;
    if (keeper.tally.leftOut > 0)
      tellOnce('events came too fast for all to be kept; the last line tells how many');
    // Nothing is missing for that.
    if (surplusBy(reckoning.settle()) > 0) tellOnce(surplusSentence, []);
  };

  const schedule = (afterMs: number) => {
    timer = setTimeout(() => {
      try {
        const more = read();
        if (monotonic() - lookedAt >= Math.max(lookEveryMs, lookTook * restBetweenRounds)) {
          look();
          tellLimits();
        }
        if (!hasMetWithin(meetEveryMs, restBetweenMeetings)) meet();
        schedule(more ? 0 : readEveryMs);
      } catch (error) {
        broken = true;
        instance.remove();
        context.failed(`the kernel's events cannot be read: ${messageOf(error)}`, true);
      }
    }, afterMs);
  };
  let timer: NodeJS.Timeout | undefined;
  let broken = false;
  schedule(readEveryMs);

  return {
    scope: scopeOf(configured, namespaces.scopes.size - 1),
    limit: limitOf(configured, processes, hidesSockets(context.proc), podLimit(pods)),
    async stop() {
      clearTimeout(timer);
      if (broken) {
        await release();
        return { lost: null, text: 'it had ended' };
      }
      stopping = true;
      look();
      const balance = await settled(read, () => reckoning.settle());
      tellLimits();
      await release();
      // What was counted and not told is as lost as what was overwritten, and may be the same.
      const missing = Math.max(toldLost, missingBy(balance));
      const surplus = surplusBy(balance) > 0 ? [surplusSentence] : [];
      const text = [...describeTally(keeper.tally), `told: ${describeBalance(balance)}`, ...surplus].join(
        '; ',
      );
      return { lost: missing, text };
    },
  };
}

/** Microseconds of the clock that the instance is set to. */
const traceMicros = (): number => Number(process.hrtime.bigint() / 1_000n);

/** Begins at a moment at which no counter moved: from then on each RST that is counted is told. */
function beginReckoning({ scopes }: NodeNamespaces): {
  readonly reckoning: Reckoning;
  readonly since: number;
} {
  for (let attempt = 0; ; attempt += 1) {
    const reckoning = createReckoning();
    reckoning.follow(scopes.values());
    const since = traceMicros();
    const { resets, aborts } = reckoning.settle();
    if (attempt >= 10 || resets.counted + aborts.counted === 0) return { reckoning, since };
  }
}

/** Reads until the counters do not move between two readings: then every RST that they count has been told of. */
async function settled<T>(read: () => boolean, count: () => T): Promise<T> {
  let before = '';
  for (let attempt = 0; ; attempt += 1) {
    for (let turn = 0; turn < mostTurns && read(); turn += 1);
    const now = count();
    if (attempt >= 10 || JSON.stringify(now) === before) return now;
    before = JSON.stringify(now);
    await new Promise((resolve) => setTimeout(resolve, settlePauseMs));
  }
}
