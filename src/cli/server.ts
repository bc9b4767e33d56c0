// `netdebug server`: the seed's server, which answers every line.
import { Command } from 'commander';
import { startServer } from '../probe/server.ts';
import { durationOption, filled, maxLineOption, port, probeOptions } from './probe-flags.ts';
import type { ProbeFlags } from './probe-flags.ts';
import { runSession } from './probe-session.ts';

interface ServerFlags extends ProbeFlags {
  readonly host?: string;
  readonly port: number;
  readonly deadline: number;
  readonly maxLine: number;
}

const examples = `
Examples:
  netdebug server                                  answer on port 8080 of all addresses, IPv4 and IPv6
  netdebug server --host 127.0.0.1 --port 9000     only on this machine
  netdebug server --events server.ndjson           also write who connected, and how each connection ended
  printf 'hello\\n' | nc -q1 127.0.0.1 8080         ask it something by hand

Stops in an orderly way on SIGTERM (exit 0) and Ctrl-C (exit 130).`;

export function command(): Command {
  const server = new Command('server')
    .description('Answers every line with "You said: " and the line, and logs how each connection ends.')
    .option('--host <address>', 'address to listen on (default: all)', filled('--host', 'an address'))
    .option('-p, --port <port>', 'port to listen on, 0 for any free one', port('--port', 0), 8_080)
    .addOption(
      durationOption(
        '--deadline <time>',
        'end a connection that takes longer for one line and its answer',
        '30s',
      ),
    )
    .addOption(maxLineOption())
    .addHelpText('after', examples);
  for (const option of probeOptions()) server.addOption(option);
  return server.action(async () => {
    const flags = server.opts<ServerFlags>();
    await runSession(flags, (surroundings) =>
      startServer(
        {
          listen: { address: flags.host ?? '', port: flags.port },
          deadlineMs: flags.deadline,
          maxLine: flags.maxLine,
        },
        surroundings,
      ),
    );
  });
}
