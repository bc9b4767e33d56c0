// `netdebug client`: the seed's client, and with --connections a whole fleet of it.
import { Command } from 'commander';
import { startFleet } from '../probe/fleet.ts';
import { count, durationOption, filled, maxLineOption, port, probeOptions } from './probe-flags.ts';
import type { ProbeFlags } from './probe-flags.ts';
import { runSession } from './probe-session.ts';

interface ClientFlags extends ProbeFlags {
  readonly host: string;
  readonly port: number;
  readonly period: number;
  readonly connections: number;
  readonly class: string;
  readonly timeout: number;
  readonly maxLine: number;
}

const examples = `
Examples:
  netdebug client --host 10.48.14.50                     one connection, one probe every 5 s
  netdebug client -H 10.48.14.50 -p 8080 -t 1s           one probe every second
  netdebug client --connections 50 --duration 10m --class co-located --events co-located.ndjson
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
    await runSession(flags, (surroundings) =>
      startFleet(
        {
          target: { address: flags.host, port: flags.port },
          connections: flags.connections,
          periodMs: flags.period,
          timeoutMs: flags.timeout,
          maxLine: flags.maxLine,
          className: flags.class,
        },
        surroundings,
      ),
    );
  });
}
