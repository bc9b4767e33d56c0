// What the kernel's own log says that bears on connections: tables that are full, processes killed, links that go down.
import { formatMicros } from '../model/clock.ts';
import { messageOf } from '../model/problem.ts';
import { openKernelLog, type LogRecord } from './kernel-log/kmsg.ts';
import { readKillSummary, readKnownLine, type KnownLine } from './kernel-log/known-lines.ts';
import { whoseLines } from './kernel-log/whose-line.ts';
import { createEndBudget } from './sockets/end-budget.ts';
import { ownerOfCgroup } from './sockets/cgroup-path.ts';
import type { Witness } from './witness.ts';

const readEveryMs = 250;
/** The kernel bounds most of its lines itself. */
const mostTold = { perSecond: 20, burst: 500 };

/** Other lines are not kept. */
export const kernelLog: Witness = {
  name: 'kernel-log',
  extension: 'log',
  share: 1,
  async start(context) {
    const { clock, node, pods, podNames } = context;
    const whose = whoseLines({ name: node, proc: context.proc }, pods);
    const budget = createEndBudget(() => clock.monotonic(), mostTold);
    let [told, leftOut, isOld] = [0, 0, true];
    let kill: ReturnType<typeof readKillSummary>;
    let readAt = clock.now();

    const take = (record: LogRecord) => {
      if (isOld || !record.byKernel) return;
      kill = readKillSummary(record.text) ?? kill;
      const line = readKnownLine(record.text);
      const scope = line === undefined ? undefined : whose.scopeOf(line);
      if (line === undefined || scope === undefined) return;
      if (!budget.take()) {
        leftOut += 1;
        if (leftOut === 1) context.limited('known lines came too fast for all to be kept', null, []);
        return;
      }
      told += 1;
      tell(line, scope, record);
    };
    const tell = (line: KnownLine, scope: string, { at: uptime, text }: LogRecord) => {
      // The log's clock is not set by anybody, and goes astray by seconds in days.
      const now = clock.now();
      const at = formatMicros(Math.min(now, Math.max(readAt, now - (monotonicMicros() - uptime))));
      const cgroup = line.cgroup ?? (kill !== undefined && kill.pid === line.pid ? kill.cgroup : null);
      const named = cgroup === null ? { pod: null, container: null } : podNames.of(ownerOfCgroup(cgroup));
      const process = processOf(line, whose.isMachine, named);
      raw.write(`${at} ${text}\n`);
      const { kind, interface: device = null, address = null, port = null } = line;
      const said = { kind, scope, interface: device, address, port, process, cgroup };
      context.emit({ event: 'kernel-log', at, ...said }, text);
    };
    const log = openKernelLog(take);
    const raw = context.openRaw();
    // What was there before is passed over, a piece at a time.
    while (log.read()) await new Promise((resolve) => setImmediate(resolve));
    isOld = false;

    const lostBefore = log.lost;
    const lost = () => log.lost - lostBefore;
    let toldLost = 0;
    const read = () => {
      const begun = clock.now();
      log.read();
      readAt = begun;
      if (lost() > toldLost)
        context.limited(`the kernel overwrote ${lost()} lines of its log in all`, lost());
      toldLost = lost();
    };
    let broken = false;
    const timer = setInterval(() => {
      try {
        read();
      } catch (error) {
        broken = true;
        clearInterval(timer);
        context.failed(`the kernel's log cannot be read: ${messageOf(error)}`, true);
      }
    }, readEveryMs);
    return {
      scope: whose.isMachine
        ? 'known lines from now on'
        : "lines that name a network namespace of this node, and kills for memory: others may be another's, with whom it shares the machine",
      takes: ['oom-kills'],
      stop() {
        clearInterval(timer);
        if (!broken) read();
        log.close();
        const left = leftOut === 0 ? '' : `; ${leftOut} came too fast to be kept`;
        return Promise.resolve({ lost: lost(), text: `${told} lines are known${left}` });
      },
    };
  },
};

/** The kernel counts in the machine's first pid namespace; in another one its numbers are somebody else's. */
function processOf(
  { pid, command }: KnownLine,
  isMachine: boolean,
  named: { readonly pod: string | null; readonly container: string | null },
) {
  if (pid === undefined && command === undefined && named.pod === null && named.container === null)
    return null;
  return { pid: isMachine ? (pid ?? null) : null, command: command ?? null, ...named };
}

/** Of the clock that counts as the log's does. */
const monotonicMicros = () => Number(process.hrtime.bigint() / 1_000n);
