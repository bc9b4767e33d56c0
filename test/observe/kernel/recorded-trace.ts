// Lines of trace_pipe as a kernel 6.18 printed them in a world of two namespaces, 10.77.1.1 (the node) and 10.77.1.2 (its pod), with the same
// in IPv6; unread-v4.txt with those of another world on the same machine.
import type { KernelTracepoint } from '../../../src/model/kernel-event.ts';
import { createEventKeeper, type EventKeeper } from '../../../src/observe/kernel/keep-events.ts';
import type { NodeNamespaces, NodeScope } from '../../../src/observe/kernel/node-namespaces.ts';
import type { Identity, Processes } from '../../../src/observe/kernel/processes.ts';
import { isLoopback, isNone } from '../../../src/observe/kernel/told.ts';
import { recordedText } from '../recorded.ts';

export const linesOf = (name: string): string[] =>
  recordedText(`kernel/${name}.txt`)
    .split('\n')
    .filter((line) => line !== '');

export const node: NodeScope = { id: 1, name: 'here', proc: '/proc/1' };
export const pod: NodeScope = { id: 2, name: '10.77.1.2', proc: '/proc/2' };

export interface WorldOptions {
  readonly addresses?: Readonly<Record<string, NodeScope | 'several'>>;
  /** Connections at addresses that several have. */
  readonly flows?: Readonly<Record<string, 'ours' | 'foreign' | 'several'>>;
  /** The listener's address in the kernel, as it prints it → whose it is. */
  readonly listeners?: Readonly<Record<string, NodeScope>>;
  /** By their number; none can be looked up where it is not given. */
  readonly processes?: Readonly<Record<number, Partial<Identity>>>;
}

const both = { '10.77.1.1': node, 'fd77:1::1': node, '10.77.1.2': pod, 'fd77:1::2': pod };
const kinds = new Map<string, KernelTracepoint>([
  ['tcp_send_reset', 'send-reset'],
  ['tcp_receive_reset', 'receive-reset'],
  ['tcp_destroy_sock', 'destroy-socket'],
  ['tcp_retransmit_skb', 'retransmit'],
  ['tcp_retransmit_synack', 'retransmit-synack'],
  ['inet_sock_set_state', 'set-state'],
  ['inet_sk_error_report', 'socket-error'],
  ['signal_generate', 'signal'],
  ['sched_process_exit', 'process-exit'],
  ['mark_victim', 'oom-victim'],
]);

export type Kept = Parameters<Parameters<typeof createEventKeeper>[0]['emit']>[0] & { readonly text: string };

export interface Sorted {
  readonly kept: readonly Kept[];
  readonly tally: EventKeeper['tally'];
  readonly unknown: number;
}

/** What a watcher of that world keeps of these lines. */
export function sortOut(lines: readonly string[], world: WorldOptions = {}): Sorted {
  const { listeners = {}, processes } = world;
  const addresses: NonNullable<WorldOptions['addresses']> = world.addresses ?? both;
  const kept: Kept[] = [];
  let unknown = 0;
  const shared = new Set<string>();
  const nobody = { command: null, container: null, pod: null, namespace: undefined };
  const byNumber: Processes = {
    canBeLookedUp: processes !== undefined,
    meet: () => new Map(),
    identify: (pid) => ({ ...nobody, pid, ...processes?.[pid] }),
    leaderOf: () => null,
    numberOf: (pid) => pid,
  };
  const namespaces: NodeNamespaces = {
    refresh: () => undefined,
    scopes: new Map([
      [1, node],
      [2, pod],
    ]),
    withAddress(address) {
      const scope = addresses[address];
      if (scope === undefined) return undefined;
      return scope === 'several' ? { scope: node, isShared: true } : { scope, isShared: shared.has(address) };
    },
    noteShared: (address) => void shared.add(address),
    isJoinedBy: () => false,
    withFlow: (flow) => world.flows?.[flow],
    isUnknown: (address) => addresses[address] === undefined && !isNone(address) && !isLoopback(address),
    isForeign: (address) => address.startsWith('10.48.'),
    withId: (id) => [node, pod].find((scope) => scope.id === id),
    isUnknownListener: () => false,
    withListener: (socket) => listeners[socket],
  };
  const keeper = createEventKeeper({
    ...{ kinds, namespaces, processes: byNumber },
    stackOf: () => [],
    onUnknown: () => (unknown += 1) > 0,
    onTrouble: () => undefined,
    onTold: () => undefined,
    emit: (event, _at, text) => void kept.push({ ...event, text }),
  });
  for (const line of lines) keeper.push(line);
  keeper.flush();
  return { kept, tally: keeper.tally, unknown };
}
