// What watching costs beside many connections that nobody loses, against tcpdump with the same filter; all take turns, round by round.
import { setTimeout as sleep } from 'node:timers/promises';
import { shuffled } from '../probing/spread.ts';
import { openCpuAccount, type CpuAccount } from './cpu-account.ts';
import { start, startClient, startServer, startWatcher, type Running } from './processes.ts';
import { captureFilter, ringFilter } from '../../src/system/tools/tcpdump.ts';
import { cpuOf, programsOf, useOf } from './tree.ts';
import { serverPort } from './world.ts';

export interface CostSpec {
  readonly connections: number;
  readonly exchangesPerSecond: number;
  readonly rounds: number;
  /** Before the measurement begins: lists are made, code is compiled. */
  readonly settleSeconds: number;
  readonly seconds: number;
}

const contenders = ['watch', 'watch --metrics', 'watch --port', 'tcpdump'] as const;
export type Contender = (typeof contenders)[number];

/** Scraped as often as a busy Prometheus does. */
const metricsAt = '127.0.0.1:9466';
const scrapeEachMs = 15_000;

/** Of one round. */
export interface Use {
  readonly contender: Contender;
  /** Of a core, while it was measured. */
  readonly cpuPercent: number;
  /** Of that, the tcpdump that captures the data packets; null where none does. */
  readonly dataPercent: number | null;
  /** Seconds of CPU until then. */
  readonly startSeconds: number;
  readonly pssMib: number;
  readonly byName: Readonly<Record<string, number>>;
  /** That were told of: nothing is lost here. */
  readonly losses: number;
}

export async function measureCosts(spec: CostSpec, say: (text: string) => void): Promise<Use[]> {
  const server = await startServer();
  const client = await startClient('hold', spec.connections, spec.exchangesPerSecond);
  const words = await tcpdumpWords();
  const begin: Readonly<Record<Contender, (account: CpuAccount) => Promise<Running>>> = {
    watch: ({ inside }) => startWatcher([], inside),
    'watch --metrics': ({ inside }) => startWatcher(['--metrics', metricsAt], inside),
    'watch --port': ({ inside }) => startWatcher(['--port', String(serverPort)], inside),
    async tcpdump({ inside }) {
      const tcpdump = start(inside(words));
      await tcpdump.until((text) => /listening on/.test(text));
      return tcpdump;
    },
  };
  const uses: Use[] = [];
  for (let round = 1; round <= spec.rounds; round += 1) {
    for (const contender of shuffled(contenders, Math.random)) {
      const account = openCpuAccount();
      const use = await measure(contender, await begin[contender](account), account, spec);
      account.remove();
      uses.push(use);
      say(
        `round ${round} of ${spec.rounds}, ${contender}: ${use.cpuPercent.toFixed(2)}% of a core, ${use.pssMib.toFixed(0)} MiB`,
      );
    }
  }
  await client.end();
  await server.end();
  return uses;
}

async function measure(
  contender: Contender,
  program: Running,
  account: CpuAccount,
  { settleSeconds, seconds }: CostSpec,
): Promise<Use> {
  const scraping = contender === 'watch --metrics' ? setInterval(scrape, scrapeEachMs) : undefined;
  await sleep(settleSeconds * 1_000);
  const data = programsOf(program.pid, 'tcpdump').find(
    ({ words }) => words.at(-1) === ringFilter([serverPort]),
  );
  const dataCpu = () => (data === undefined ? Number.NaN : cpuOf(data.pid));
  const before = useOf(program.pid);
  const dataBefore = dataCpu();
  const [cpuBefore, begun] = [account.seconds(), performance.now()];
  await sleep(seconds * 1_000);
  const [cpuAfter, elapsed] = [account.seconds(), (performance.now() - begun) / 1_000];
  const dataUsed = dataCpu() - dataBefore;
  const after = useOf(program.pid);
  clearInterval(scraping);
  await program.end(contender === 'tcpdump' ? 'SIGINT' : 'SIGTERM');
  const share = (used: number) => (100 * used) / elapsed;
  return {
    contender,
    cpuPercent: share(cpuAfter - cpuBefore),
    dataPercent: data === undefined ? null : share(dataUsed),
    startSeconds: cpuBefore,
    pssMib: after.pssMib,
    byName: Object.fromEntries(
      [...after.cpuByName].map(([name, used]) => [name, share(used - (before.cpuByName.get(name) ?? 0))]),
    ),
    losses: program.lines.filter(({ text }) => text.includes('"kind":"lost"')).length,
  };
}

/** One that fails shows in the numbers: nothing is served then. */
const scrape = () =>
  void fetch(`http://${metricsAt}/metrics`).then(
    (answer) => answer.text(),
    () => undefined,
  );

/** As the watcher starts its own, but that one takes all that the watcher's two take, hands packets over late, and they go nowhere. */
async function tcpdumpWords(): Promise<string[]> {
  const watcher = await startWatcher();
  const [tcpdump] = programsOf(watcher.pid, 'tcpdump');
  await watcher.end();
  if (tcpdump === undefined) throw new Error('the watcher has no tcpdump to compare with');
  const options = tcpdump.words.slice(0, -1).filter((word) => word !== '-U' && word !== '--immediate-mode');
  return [
    ...options.map((word) => (word === '-' ? '/dev/null' : word)),
    captureFilter({ packets: 'flags', ports: [serverPort], immediate: false }),
  ];
}
