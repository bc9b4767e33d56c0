// `netdebug client`: the seed's client, and with --connections a whole fleet of it.
import { Command, Option } from 'commander';
import { startFleet, type Fleet } from '../probe/fleet.ts';
import { closeWays, type CloseWay } from '../probe/served-connection.ts';
import type { Surroundings } from '../probe/surroundings.ts';
import { byteSize } from './byte-size.ts';
import {
  addresses,
  count,
  durationOption,
  durations,
  filled,
  maxLineOption,
  port,
  probeOptions,
  textOption,
  type ProbeFlags,
} from './probe-flags.ts';
import { runSession } from './probe-session.ts';
import { Problem } from '../model/problem.ts';
import { parsePart, partOf, runWorkers, workerWords, type Part } from './workers.ts';
import { ephemeralPorts, type EphemeralPorts } from '../system/ephemeral-ports.ts';
import { roomForConnections } from '../system/open-files.ts';

interface ClientFlags extends ProbeFlags {
  readonly host: string;
  readonly port: number;
  readonly period: number;
  readonly periods?: readonly number[];
  readonly idleLimit?: number;
  readonly keepAlive?: number;
  readonly connections: number;
  readonly connectRate?: number;
  readonly sourceAddress?: readonly string[];
  readonly workers: number;
  readonly worker?: Part;
  readonly class: string;
  readonly timeout: number;
  readonly connectTimeout?: number;
  readonly closeEvery?: number;
  readonly closeWith: CloseWay;
  readonly maxLine: number;
  readonly payload?: number;
  readonly quiet?: true;
}

const examples = `
Examples:
  netdebug client --host 10.48.14.50                     one connection, one probe every 5 s
  netdebug client -H 10.48.14.50 -p 8080 -t 1s           one probe every second
  netdebug client --connections 50 --duration 10m --class co-located --events co-located.ndjson
  netdebug client --connections 10000 --connect-rate 500   thousands, without storming the server
  netdebug client --connections 50000 --workers 3 --source-address 10.0.0.7,10.0.0.8
  netdebug client --connections 50 --quiet                 a line for each failure, and none for each answer
  netdebug client --events - | jq -c 'select(.event == "failed")'

Stops in an orderly way on SIGTERM (exit 0) and Ctrl-C (exit 130). Failed connections are results, not errors: exit 0.
A name that had no address for the whole of --duration is an error: exit 69.`;

export function command(): Command {
  const client = new Command('client')
    .description(
      'Holds connections to a netdebug server, says a line on each every period, and logs every failure.',
    )
    .option('-H, --host <host>', 'server to connect to', filled('--host', 'a name or an address'), 'netdebug')
    .option('-p, --port <port>', "the server's port", port('--port', 1), 8_080)
    .addOption(durationOption('-t, --period <time>', 'time from one probe to the next', '5s'))
    .option(
      '--periods <times>',
      'periods of the connections, in turn, separated by commas, in place of --period',
      durations('--periods'),
    )
    .addOption(
      durationOption(
        '--idle-limit <time>',
        'ask nothing on a connection that was idle for longer: close it, and make another (default: ask on any)',
      ),
    )
    .addOption(
      durationOption(
        '--keep-alive <time>',
        "time from one of the kernel's keep-alive probes to the next, whole seconds (default: 15s, as Go's)",
      ),
    )
    .option(
      '--connections <count>',
      'connections to hold, their probes spread evenly over the period',
      count('--connections'),
      1,
    )
    .option(
      '--connect-rate <count>',
      'connect at most so many times a second, also after a mass reset (default: at once)',
      count('--connect-rate'),
    )
    .option(
      '--source-address <addresses>',
      'local addresses to connect from, in turn, separated by commas: each has ports for some 28,000 connections (default: the kernel chooses one)',
      addresses('--source-address'),
    )
    .option(
      '--workers <count>',
      'share the connections among so many processes, when one core is not enough',
      count('--workers'),
      1,
    )
    .addOption(new Option('--worker <part>').argParser(parsePart).hideHelp())
    .addOption(textOption('--class <name>', 'class to name in events', 'client'))
    .addOption(
      durationOption(
        '--timeout <time>',
        'give up connecting, or waiting for an answer, after this time',
        '30s',
      ),
    )
    .addOption(
      durationOption('--connect-timeout <time>', 'give up connecting after this time (default: --timeout)'),
    )
    .addOption(
      durationOption('--close-every <time>', 'misbehave: end all connections each time this has passed'),
    )
    .addOption(
      new Option(
        '--close-with <how>',
        'what --close-every ends with: a FIN once the answer is read, a RST, or a close that leaves the answer unread',
      )
        .choices(closeWays)
        .default('fin'),
    )
    .addOption(maxLineOption())
    .option(
      '--payload <size>',
      'make each question so long, to see what long packets meet: 3000, 16KiB (default: 17 bytes)',
      byteSize('--payload', 17, 1_024 ** 2),
    )
    .option('--quiet', 'log nothing but what failed, and the sum at the end')
    .addHelpText('after', examples);
  for (const option of probeOptions()) client.addOption(option);
  return client.action(async () => {
    const flags = client.opts<ClientFlags>();
    const { connections, workers, sourceAddress: sources } = flags;
    const part = flags.worker ?? { index: 0, of: 1 };
    const most = flags.worker === undefined ? Math.ceil(connections / workers) : partOf(connections, part);
    refuseTooMany(most, roomForConnections());
    const range = ephemeralPorts();
    refuseTooFewPorts(connections, sources?.length ?? 1, range);
    if (workers > 1) {
      if (workers > connections) {
        throw new Problem(
          'usage',
          `--workers: ${workers} are more than there are connections (${connections}).`,
        );
      }
      await runWorkers(workers, flags.events, (part) => workerWords(client, part));
      return;
    }
    await runSession(flags, (surroundings) => {
      const fleet = startFleet(
        {
          target: { address: flags.host, port: flags.port },
          connections: partOf(connections, part),
          share: { first: part.index, every: part.of },
          ...(sources === undefined ? {} : { sources, ...(range === null ? {} : { sourcePorts: range }) }),
          periodMs: flags.period,
          ...(flags.periods === undefined ? {} : { periodsMs: flags.periods }),
          ...(flags.idleLimit === undefined ? {} : { idleLimitMs: flags.idleLimit }),
          ...(flags.keepAlive === undefined ? {} : { keepAliveMs: flags.keepAlive }),
          timeoutMs: flags.timeout,
          ...(flags.connectTimeout === undefined ? {} : { connectTimeoutMs: flags.connectTimeout }),
          maxLine: flags.maxLine,
          ...(flags.payload === undefined ? {} : { payloadBytes: flags.payload }),
          className: flags.class,
          quiet: flags.quiet === true,
          ...(flags.closeEvery === undefined
            ? {}
            : { misbehaviour: { closeEveryMs: flags.closeEvery, closeWith: flags.closeWith } }),
          ...(flags.connectRate === undefined ? {} : { connectRate: flags.connectRate / part.of }),
        },
        surroundings,
      );
      return {
        waits: () => fleet.waits(),
        inVain: () => nameInVain(flags.host, fleet.neverFound()),
        stop: () => (connections === 1 ? fleet.stop() : stopAndSum(fleet, surroundings)),
      };
    });
  });
}

/** Failed connections are results; without an address there was nothing to connect to, and nothing was measured. */
function nameInVain(host: string, why: string | null): Problem | undefined {
  if (why === null) return undefined;
  return new Problem(
    'missing',
    `no address was found for "${host}" as long as this ran (${why}), so nothing was measured; see what "getent hosts ${host}" says, or give an address with --host.`,
  );
}

async function stopAndSum(fleet: Fleet, { log }: Surroundings): Promise<void> {
  await fleet.stop();
  const { sent, answered, failed, cutOff, connected } = fleet.books;
  const lost = failed.idle + failed.awaiting;
  log(
    `Sent ${sent} probes on ${connected} connections: ${answered} answered, ${failed.awaiting} failed, ` +
      `${cutOff} cut off by the end; ${lost} connections failed, and ${failed.connecting} could not be made`,
  );
}

/** The kernel would say "cannot assign requested address" for each connection too many, which sounds like a fault of the network. */
function refuseTooFewPorts(connections: number, sources: number, range: EphemeralPorts | null): void {
  const ports = range === null ? Number.POSITIVE_INFINITY : Math.max(0, range.last - range.first + 1);
  if (connections <= ports * sources) return;
  throw new Problem(
    'missing',
    `${connections} connections to one server need more local ports than ${sources} address${sources === 1 ? ' has' : 'es have'} (${ports} each); ` +
      `give ${Math.ceil(connections / ports)} with --source-address, or widen net.ipv4.ip_local_port_range.`,
  );
}

/** Better now than after some of them have been made: then each further one would look like a failure of the network. */
function refuseTooMany(connections: number, room: number | null): void {
  if (room === null || connections <= room) return;
  throw new Problem(
    'missing',
    `${connections} connections need more open files than the limit of this process leaves room for (${room} connections); ` +
      `raise it with "ulimit -Hn ${connections + 1_000}" as root, or LimitNOFILE= in a systemd unit, or hold fewer with --connections.`,
  );
}
