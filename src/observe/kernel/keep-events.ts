// From lines to events: what belongs to the node is kept, in the order of time, and everything else is only counted.
import type { KernelEvent, KernelTracepoint } from '../../model/kernel-event.ts';
import type { LineEvent } from '../../model/node-event.ts';
import type { NodeNamespaces, NodeScope } from './node-namespaces.ts';
import { createOwners } from './ownership.ts';
import type { Identity, Processes } from './processes.ts';
import { createProcessEnds } from './process-ends.ts';
import { localAddressIn, readTold, type Told } from './told.ts';
import { parseTraceLine, type TraceLine } from './trace-line.ts';
import { createTrouble } from './trouble.ts';

export interface EventKeeperOptions {
  /** By the tracepoint's own name. */
  readonly kinds: ReadonlyMap<string, KernelTracepoint>;
  readonly namespaces: NodeNamespaces;
  readonly processes: Processes;
  /** The functions through which a RST was sent. */
  readonly stackOf: (line: TraceLine, told: Told) => readonly string[];
  /** An address or a listener was seen that nobody knows. False when it is too early to look for new namespaces: its events wait. */
  readonly onUnknown: () => boolean;
  /** A RST or an error is told at an address that only the node's own have, as far as is known: time to look whether somebody joined. */
  readonly onTrouble: () => void;
  /** Every RST and every change of state of the node's, kept or not. */
  readonly onTold: (scope: NodeScope, told: Told, at: number) => void;
  /** `at` in microseconds of the trace's clock. */
  readonly emit: (event: Omit<LineEvent<KernelEvent>, 'at'>, at: number, text: string) => void;
}

export interface Tally {
  lines: number;
  kept: number;
  foreign: number;
  /** Neither address, process nor listener told whose they were; or more than one namespace has the address. */
  nameless: number;
  several: number;
  /** Came too fast. */
  leftOut: number;
  unreadable: number;
  /** As the lines between the events say. */
  lost: number;
}

export interface EventKeeper {
  readonly tally: Readonly<Tally>;
  push(line: string): void;
  /**
   * Takes what was pushed: lines of several CPUs come a little out of order. Of what happened after `until` (microseconds of the
   * trace's clock; default: nothing) that which nobody can be named for waits for what is told next.
   */
  flush(until?: number): void;
}

/** Events that wait for a look at the namespaces. */
const mostWaiting = 20_000;
/** What is written of a second at most: whatever makes more says nothing new, but of each RST that it was there. */
const mostPerSecond = 2_000;
const mostResetsPerSecond = 50_000;

const troubles: ReadonlySet<KernelTracepoint> = new Set(['send-reset', 'receive-reset', 'socket-error']);

interface Pushed {
  readonly line: TraceLine;
  readonly told: Told;
}

export function createEventKeeper(options: EventKeeperOptions): EventKeeper {
  const { kinds, namespaces, processes, emit } = options;
  const owners = createOwners(namespaces, processes);
  const ends = createProcessEnds();
  const trouble = createTrouble();
  const tally: Tally = {
    ...{ lines: 0, kept: 0, foreign: 0, nameless: 0, several: 0, leftOut: 0, unreadable: 0, lost: 0 },
  };
  let batch: Pushed[] = [];
  let undecided: Pushed[] = [];
  let second = { at: 0, resets: 0, others: 0 };

  /** Where the kernel has not noted yet whose thread it is. */
  const withLeader = (line: TraceLine): TraceLine =>
    line.tgid !== null || line.context !== 'process' ? line : { ...line, tgid: processes.leaderOf(line.tid) };
  const write = (line: TraceLine, told: Told) => {
    const at = Math.floor(line.at / 1e6);
    if (at !== second.at) second = { at, resets: 0, others: 0 };
    const isReset = told.kind === 'send-reset' || told.kind === 'receive-reset';
    second[isReset ? 'resets' : 'others'] += 1;
    if (isReset ? second.resets > mostResetsPerSecond : second.others > mostPerSecond) {
      tally.leftOut += 1;
      return;
    }
    tally.kept += 1;
    emit(eventOf(line, told, options), line.at, line.text);
  };
  const keep = (line: TraceLine, told: Told, scope: NodeScope) => {
    options.onTold(scope, told, line.at);
    if (!trouble.isWanted(line, told)) return;
    if (line.context === 'process')
      for (const end of ends.take(line.tgid ?? line.tid, line.at)) write(end.line, end.told);
    write(line, told);
  };
  const sortOut = ({ line, told }: Pushed, until: number) => {
    if (told.target !== null) {
      // The last thread of a process need not be the first.
      const pid = told.kind === 'process-exit' ? (line.tgid ?? told.target.pid) : told.target.pid;
      const end = { line, told: { ...told, target: { ...told.target, pid } } };
      if (ends.hold(end)) write(end.line, end.told);
      return;
    }
    const owner = owners.ownerOf(line, told);
    if (owner === 'several' || owner === 'nameless') {
      if (line.at > until && undecided.length < mostWaiting && owners.mayLearn(told))
        undecided.push({ line, told });
      else tally[owner] += 1;
    } else if (owner === 'foreign') tally.foreign += 1;
    else keep(line, told, owner);
  };
  const isOwnTrouble = ({ told: { kind, tuple } }: Pushed): boolean =>
    troubles.has(kind) && tuple !== null && namespaces.withAddress(tuple.src)?.isShared === false;
  return {
    tally,
    push(text) {
      // Where one kernel serves many nodes most lines are another's, and none is worth being taken apart.
      const address = localAddressIn(text);
      if (address !== undefined && namespaces.isForeign(address)) {
        tally.lines += 1;
        tally.foreign += 1;
        return;
      }
      // It is a part of all that was read with it, which would stay in memory as long as it does.
      const line = parseTraceLine(Buffer.from(text).toString());
      if (typeof line === 'number') tally.lost += line;
      const kind = typeof line === 'object' ? kinds.get(line.name) : undefined;
      if (typeof line !== 'object' || kind === undefined) {
        if (line === undefined && text !== '') tally.unreadable += 1;
        return;
      }
      tally.lines += 1;
      const told = readTold(kind, line.fields);
      if (told === undefined) tally.unreadable += 1;
      else batch.push({ line: withLeader(line), told });
    },
    flush(until = Infinity) {
      const isUnknown = ({ told: { tuple, socket, state } }: Pushed) =>
        tuple !== null &&
        (namespaces.isUnknown(tuple.src) ||
          (state === 'LISTEN' && socket !== null && namespaces.isUnknownListener(socket, tuple.sport)));
      // All are asked for, so that one look is for all.
      const unknown = batch.filter(isUnknown).length > 0;
      if (unknown && batch.length < mostWaiting && !options.onUnknown()) return;
      if (batch.length + undecided.length === 0) return;
      if (batch.some(isOwnTrouble)) options.onTrouble();
      const taken = [...undecided, ...batch].sort((a, b) => a.line.at - b.line.at);
      [batch, undecided] = [[], []];
      for (const { line, told } of taken) owners.learn(line, told);
      for (const pushed of taken) sortOut(pushed, until);
    },
  };
}

function eventOf(
  line: TraceLine,
  told: Told,
  { processes, stackOf }: Pick<EventKeeperOptions, 'processes' | 'stackOf'>,
): Omit<LineEvent<KernelEvent>, 'at'> {
  const pid = line.tgid ?? line.tid;
  const { namespace, ...who } =
    line.context === 'process' ? processes.identify(pid) : bystander(processes.numberOf(pid));
  const { target, kind, ...rest } = told;
  return {
    event: 'kernel',
    tracepoint: kind,
    // A thread of the kernel works for others.
    context: namespace === null ? 'interrupt' : line.context,
    process: { ...who, command: who.command ?? line.command },
    task: pid,
    ...(target === null ? {} : { target: targetOf(target, processes), targetTask: target.pid }),
    ...rest,
    stack: [...stackOf(line, told)],
  };
}

const bystander = (pid: number | null): Identity => ({
  ...{ pid, command: null, container: null, pod: null, namespace: undefined },
});

function targetOf({ pid: kernels, command: comm }: NonNullable<Told['target']>, processes: Processes) {
  const { pid, command, container, pod } = processes.identify(kernels);
  return { pid, command: command ?? comm, container, pod };
}
