// The protocol counters of the node and of each of its pods: who sent a RST, who got one, who sent again.
import { readFileSync } from 'node:fs';
import { formatMicros, type Micros } from '../model/clock.ts';
import { describeIncreases, increases, type Counters } from './counter-changes.ts';
import { ownAddressesIn } from './local-addresses.ts';
import { readAtIntervals } from './sampled-witness.ts';
import { callsPerLook, podLimit, trackScopes, type Scope } from './scopes.ts';
import { parseSnmp } from './snmp-counters.ts';
import type { Witness } from './witness.ts';

interface Reading {
  readonly counters: Counters;
  readonly at: Micros;
}

/** Namespaces that went are remembered for so long that their pods' containers can have been started again. */
const mostOutOfSight = 500;

/** Reads the counters at intervals and tells when one moved, for each namespace on its own. */
export const snmp: Witness = {
  name: 'snmp',
  extension: 'log',
  share: 3,
  start(context) {
    const { clock, node, pods } = context;
    // A pod that came while we watched counts from its beginning, which was after we last looked for pods; one that was out of sight
    // because its only process died counts on from where it was last read.
    const rounds: [Micros, ...Micros[]] = [clock.now()];
    const outOfSight = new Map<number, Reading>();
    const scopes = trackScopes<Reading>({
      node: { name: node, proc: context.proc },
      pods,
      begin(proc, first, id) {
        if (first) return tryRead(proc, clock.now());
        const before = outOfSight.get(id);
        outOfSight.delete(id);
        return before ?? { counters: {}, at: rounds[0] };
      },
      onGone(scope, id) {
        outOfSight.set(id, scope.state);
        const [oldest] = outOfSight.keys();
        if (outOfSight.size > mostOutOfSight && oldest !== undefined) outOfSight.delete(oldest);
      },
    });
    const raw = context.openRaw();

    const tell = (scope: Scope<Reading>, changes: Record<string, number>, at: string) => {
      const text = `${at} ${scope.name} ${describeIncreases(changes)}`;
      raw.write(`${text}\n`);
      const since = formatMicros(scope.state.at);
      context.emit({ event: 'counters', at, scope: scope.name, since, changes, values: {} }, text);
    };
    const read = (scope: Scope<Reading>): boolean => {
      const now = tryRead(scope.proc, clock.now());
      if (now === undefined) return false;
      const changes = increases(scope.state.counters, now.counters);
      if (Object.keys(changes).length > 0) tell(scope, changes, formatMicros(now.at));
      scope.state = now;
      return true;
    };
    return readAtIntervals(context, {
      scope: `every ${context.pace.periodMs} ms, of the node and ${scopes.size - 1} pods`,
      limit: podLimit(pods),
      ownAddresses: ownAddressesIn(context.proc),
      end: () => `the last counters of the node and ${scopes.size - 1} pods are read`,
      sample() {
        scopes.each(read);
        rounds.push(clock.now());
        if (rounds.length > callsPerLook + 1) rounds.shift();
      },
    });
  },
};

function tryRead(proc: string, at: Micros): Reading | undefined {
  try {
    const read = (name: string) => parseSnmp(readFileSync(`${proc}/net/${name}`, 'utf8'));
    return { counters: { ...read('snmp'), ...read('netstat') }, at };
  } catch {
    return undefined;
  }
}
