// Processes that the kernel killed for memory, by the counts of their cgroups: such a death looks like any other from the network.
import { readFileSync } from 'node:fs';
import { formatMicros } from '../model/clock.ts';
import { Problem } from '../model/problem.ts';
import { findHierarchy, killsIn, type MemoryHierarchy } from '../system/memory-hierarchy.ts';
import { findNodeCgroups, type NodeCgroup } from './memory/node-cgroups.ts';
import { readAtIntervals } from './sampled-witness.ts';
import { podLimit } from './scopes.ts';
import type { Witness } from './witness.ts';

/** Looking for cgroups walks through all processes. At first whoever came with us may still be coming. */
const readingsPerWalk = 20;
const firstWalks = [1, 2, 4, 8];
const leastPeriodMs = 1_000;
/** Of the time; it bounds what a node with thousands of processes costs. */
const share = 0.0008;

interface Counted {
  readonly cgroup: NodeCgroup;
  kills: number;
  readAt: number;
}

export const cgroupMemory: Witness = {
  name: 'cgroup-memory',
  extension: 'log',
  share: 1,
  start(context) {
    const { clock, node, pods, podNames, pace } = context;
    const hierarchy = requireHierarchy();
    const { version } = hierarchy;
    const raw = context.openRaw();
    const counted = new Map<string, Counted>();
    const early = [...firstWalks];
    const untilNextWalk = () => early.shift() ?? readingsPerWalk;
    let [killed, untilWalk] = [0, untilNextWalk()];
    const tell = ({ path, owner, pod: address }: NodeCgroup, kills: number, since: number, at: number) => {
      const { pod, container } = podNames.of(owner);
      killed += kills;
      const whose = [container, pod].filter((name) => name !== null).join(' of ');
      const text = `${formatMicros(at)} ${path}${whose === '' ? '' : ` (${whose})`}: ${kills} killed for memory`;
      raw.write(`${text}\n`);
      const times = { at: formatMicros(at), since: formatMicros(since) };
      const scope = address === undefined ? {} : { scope: address ?? node };
      context.emit({ event: 'cgroup-memory', ...times, ...scope, cgroup: path, container, pod, kills }, text);
    };
    const walk = () => {
      const { cgroups, outside } = findNodeCgroups(context.proc, pods, hierarchy);
      for (const cgroup of cgroups) {
        if (counted.has(cgroup.folder)) continue;
        const kills = killsIn(cgroup.folder, version);
        if (kills !== undefined) counted.set(cgroup.folder, { cgroup, kills, readAt: clock.now() });
      }
      return { found: cgroups.length, outside };
    };
    const { found, outside } = walk();
    if (found === 0 && outside > 0) throw new Problem('missing', outsideSentence);
    if (found > 0 && counted.size === 0)
      throw new Problem('missing', 'of no memory cgroup can it be read how many processes were killed in it');
    return readAtIntervals(context, {
      scope: `${counted.size} memory cgroups (${version}) of processes that are seen here, and of no other node's`,
      limit: podLimit(pods) ?? (outside === 0 ? null : { text: outsideSentence, blindTo: [] }),
      periodMs: Math.max(pace.periodMs, leastPeriodMs),
      share: Math.min(share, pace.share),
      sample() {
        for (const [folder, one] of counted) {
          const kills = killsIn(folder, version);
          const at = clock.now();
          if (kills === undefined) {
            counted.delete(folder);
            continue;
          }
          if (kills > one.kills) tell(one.cgroup, kills - one.kills, one.readAt, at);
          one.kills = kills;
          one.readAt = at;
        }
        untilWalk -= 1;
        if (untilWalk > 0) return;
        untilWalk = untilNextWalk();
        walk();
      },
      end: () =>
        `${killed} processes were killed for memory, as far as their cgroups stayed long enough to be read`,
    });
  },
};

const outsideSentence =
  "processes are in memory cgroups that cannot be seen from in here; it takes the machine's /sys/fs/cgroup and cgroup namespace";

function requireHierarchy(): MemoryHierarchy {
  const hierarchy = findHierarchy(readFileSync('/proc/self/mountinfo', 'utf8'));
  if (hierarchy === undefined)
    throw new Problem(
      'missing',
      "no memory cgroups are mounted here; in a container it takes the machine's /sys/fs/cgroup",
    );
  return hierarchy;
}
