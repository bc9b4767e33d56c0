// `netdebug client`: the seed's client, and with --connections a whole fleet of it.
import { Command } from 'commander';
import { startFleet } from '../probe/fleet.ts';
import { count, durationOption, filled, maxLineOption, port, probeOptions } from './probe-flags.ts';
import type { ProbeFlags } from './probe-flags.ts';
import { runSession } from './probe-session.ts';
import { Problem } from '../model/problem.ts';
import { roomForConnections } from '../system/open-files.ts';

interface ClientFlags extends ProbeFlags {
  readonly host: string;
  readonly port: number;
  readonly period: number;
  readonly connections: number;
  readonly connectRate?: number;
  readonly class: string;
  readonly timeout: number;
  readonly maxLine: number;
}

const examples = `
Examples:
  netdebug client --host 10.48.14.50                     one connection, one probe every 5 s
  netdebug client -H 10.48.14.50 -p 8080 -t 1s           one probe every second
  netdebug client --connections 50 --duration 10m --class co-located --events co-located.ndjson
  netdebug client --connections 10000 --connect-rate 500   thousands, without storming the server
  netdebug client --events - | jq -c 'select(.event == "failed")'

Stops in an orderly way on SIGTERM (exit 0) and Ctrl-C (exit 130). Failed connections are results, not errors: exit 0.`;

export function command(): Command {
  const client = new Command('client')
    .description(
      'Holds connections to a netdebug server, says a line on each every period, and logs every failure.',
    )
    .option('-H, --host <host>', 'server to connect to', filled('--host', 'a name or an address'), 'netdebug')
    .option('-p, --port <port>', "the server's port", port('--port', 1), 8_080)
    .addOption(durationOption('-t, --period <time>', 'time from one probe to the next', '5s'))
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
    .option('--class <name>', 'class to name in events', filled('--class', 'a name'), 'client')
    .addOption(
      durationOption(
        '--timeout <time>',
        'give up connecting, or waiting for an answer, after this time',
        '30s',
      ),
    )
    .addOption(maxLineOption())
    .addHelpText('after', examples);
  for (const option of probeOptions()) client.addOption(option);
  return client.action(async () => {
    const flags = client.opts<ClientFlags>();
    refuseTooMany(flags.connections, roomForConnections());
    await runSession(flags, (surroundings) =>
      startFleet(
        {
          target: { address: flags.host, port: flags.port },
          connections: flags.connections,
          periodMs: flags.period,
          timeoutMs: flags.timeout,
          maxLine: flags.maxLine,
          className: flags.class,
          ...(flags.connectRate === undefined ? {} : { connectRate: flags.connectRate }),
        },
        surroundings,
      ),
    );
  });
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
