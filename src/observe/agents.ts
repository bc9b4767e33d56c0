// Start and end of the programs that write a node's rules and routes, kube-proxy and the CNI plugins' agents: a restart is in what they do.
import { formatMicros } from '../model/clock.ts';
import type { LineEvent, NodeEvent } from '../model/node-event.ts';
import { createAgentFinder, type Agent } from './agents/find-agents.ts';
import { startTicks, wallTimeOf } from './agents/process-life.ts';
import type { PodFinder } from './pod-namespaces.ts';
import { readAtIntervals } from './sampled-witness.ts';
import { identityOf } from './sockets/process-identity.ts';
import type { Limit, Witness } from './witness.ts';

type AgentEvent = Extract<NodeEvent, { event: 'agent' }>;

/** Looking for new ones walks through all processes; those that are known are looked at each time. */
const readingsPerWalk = 5;
const leastPeriodMs = 1_000;
/** Of the time; it bounds what a node with thousands of processes costs. */
const share = 0.0006;

interface Known {
  readonly agent: Agent;
  readonly told: Pick<AgentEvent, 'agent' | 'process' | 'startedAt'>;
  seenAt: number;
}

export const agents: Witness = {
  name: 'agents',
  extension: 'log',
  share: 1,
  start(context) {
    const { clock, pods, podNames, pace } = context;
    const raw = context.openRaw();
    const finder = createAgentFinder(context.proc);
    const known = new Map<number, Known>();
    let [started, ended, untilWalk] = [0, 0, readingsPerWalk];
    const tell = (change: AgentEvent['change'], { told, seenAt }: Known, at: number) => {
      const since = change === 'ended' ? { since: formatMicros(seenAt) } : {};
      const event: LineEvent<AgentEvent> = {
        event: 'agent',
        at: formatMicros(at),
        change,
        ...told,
        ...since,
      };
      const { agent, process, startedAt } = told;
      const pod = process.pod === null ? '' : ` of ${process.pod}`;
      const text = `${event.at} ${agent}${pod} (pid ${process.pid}) ${words[change]} ${startedAt}`;
      raw.write(`${text}\n`);
      context.emit(event, text);
    };
    const look = () => {
      for (const [pid, one] of known) {
        const now = clock.now();
        if (startTicks(`/proc/${pid}`) === one.agent.startTicks) {
          one.seenAt = now;
          continue;
        }
        known.delete(pid);
        ended += 1;
        tell('ended', one, now);
      }
    };
    const walk = (change: 'found' | 'started') => {
      for (const agent of finder.find()) {
        if (known.get(agent.pid)?.agent.startTicks === agent.startTicks) continue;
        const { pid, name } = agent;
        const cgroup = identityOf(`/proc/${pid}`)?.cgroup;
        const named = cgroup === undefined ? { pod: null, container: null } : podNames.of(cgroup);
        const now = clock.now();
        const process = { pid, command: name, ...named };
        const startedAt = formatMicros(wallTimeOf(agent.startTicks, now) ?? now);
        const one = { agent, told: { agent: name, process, startedAt }, seenAt: now };
        known.set(pid, one);
        if (change === 'started') started += 1;
        tell(change, one, now);
      }
    };
    walk('found');
    return readAtIntervals(context, {
      scope: known.size === 0 ? 'none runs' : namesOf(known),
      limit: limitOf(pods, finder.refused),
      periodMs: Math.max(pace.periodMs, leastPeriodMs),
      share: Math.min(share, pace.share),
      sample() {
        const before = ended;
        look();
        untilWalk -= 1;
        // One that ended may be back already.
        if (untilWalk > 0 && ended === before) return;
        untilWalk = readingsPerWalk;
        walk('started');
      },
      end: () => `${started} started, ${ended} ended`,
    });
  },
};

function limitOf(pods: PodFinder, refused: number): Limit | null {
  const text =
    pods.blindness() !== null && refused === 0
      ? 'agents may run that cannot be seen: /proc does not show all processes, or not their network'
      : refused === 0
        ? null
        : `whose ${refused} agents are, this node's or another's, cannot be seen: it takes CAP_SYS_PTRACE`;
  return text === null ? null : { text, blindTo: [] };
}

const words = { found: 'runs since', started: 'started', ended: 'ended; it ran since' } as const;

const namesOf = (known: ReadonlyMap<number, Known>): string =>
  [...new Set([...known.values()].map(({ agent }) => agent.name))].sort().join(', ');
