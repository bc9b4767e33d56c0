// Connections that IPVS forgot while they were established: kube-proxy's IPVS mode, Docker Swarm and keepalived have the kernel keep them.
import { readFileSync } from 'node:fs';
import type { Micros } from '../model/clock.ts';
import type { IpvsConnection } from './ipvs/connection-table.ts';
import { forgottenBetween, ipvsEvent, tableOf, type IpvsTable } from './ipvs/forgotten.ts';
import { readAtIntervals } from './sampled-witness.ts';
import type { Witness } from './witness.ts';

/** The kernel counts in seconds, and walks through all of its table to print it. */
const leastPeriodMs = 500;
/** Of the time; it bounds what a node with a hundred thousand connections costs. */
const share = 0.01;

/** Reads the table of the node's own namespace at intervals. A kernel without IPVS has none, and nothing is told then. */
export const ipvs: Witness = {
  name: 'ipvs',
  extension: 'log',
  share: 2,
  start(context) {
    const { clock, proc, pace } = context;
    const raw = context.openRaw();
    const read = () => readTable(`${proc}/net/ip_vs_conn`);
    let before = read();
    let readAt = clock.now();
    let told = 0;
    const tell = (one: IpvsConnection, at: Micros) => {
      const { said, text } = ipvsEvent(one, readAt, at);
      raw.write(`${text}\n`);
      context.emit(said, text);
      told += 1;
    };
    return readAtIntervals(context, {
      scope:
        before === null
          ? 'this kernel has no IPVS now; looked for now and then'
          : `its connections, ${before.size} now, read every ${Math.max(pace.periodMs, leastPeriodMs)} ms at most`,
      periodMs: Math.max(pace.periodMs, leastPeriodMs),
      share: Math.min(share, pace.share),
      shareWhenAsked: pace.share,
      sample() {
        const now = read();
        const at = clock.now();
        for (const one of forgottenBetween(before ?? noTable, now ?? noTable)) tell(one, at);
        [before, readAt] = [now, at];
      },
      end: () => `${told} connections were forgotten while they were established`,
    });
  },
};

/** Null where the kernel has no IPVS. Throws what else the system refuses. */
function readTable(path: string): IpvsTable | null {
  try {
    return tableOf(readFileSync(path, 'latin1'));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

const noTable: IpvsTable = new Map();
