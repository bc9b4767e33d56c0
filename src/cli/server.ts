// `netdebug server`: the seed's server, which answers every line.
import { Command, Option } from 'commander';
import type { Misbehaviour } from '../probe/misbehaviour.ts';
import { closeWays, type CloseWay } from '../probe/served-connection.ts';
import { startServer } from '../probe/server.ts';
import {
  count,
  durationOption,
  maxLineOption,
  port,
  probeOptions,
  textOption,
  type ProbeFlags,
} from './probe-flags.ts';
import { byteSize } from './byte-size.ts';
import { runSession } from './probe-session.ts';
import { Problem } from '../model/problem.ts';
import { parsePart, partOf, runWorkers, workerWords, type Part } from './workers.ts';
import { roomForConnections } from '../system/open-files.ts';

interface ServerFlags extends ProbeFlags {
  readonly host?: string;
  readonly port: number;
  readonly deadline: number;
  readonly idleTimeout?: number;
  readonly maxLine: number;
  readonly maxConnections?: number;
  readonly workers: number;
  readonly worker?: Part;
  readonly pushEvery?: number;
  readonly closeEvery?: number;
  readonly closeWith: CloseWay;
  readonly backlog?: number;
  readonly sharePort?: true;
  readonly takeMemory?: number;
  readonly takeEvery: number;
  readonly takeFor?: number;
}

const examples = `
Examples:
  netdebug server                                  answer on port 8080 of all addresses, IPv4 and IPv6
  netdebug server --host 127.0.0.1 --port 9000     only on this machine
  netdebug server --events server.ndjson           also write who connected, and how each connection ended
  netdebug server --close-every 1m --close-with reset   be the server that resets its clients
  printf 'hello\\n' | nc -q1 127.0.0.1 8080         ask it something by hand

Stops in an orderly way on SIGTERM (exit 0) and Ctrl-C (exit 130).`;

export function command(): Command {
  const server = new Command('server')
    .description('Answers every line with "You said: " and the line, and logs how each connection ends.')
    .addOption(textOption('--host <address>', 'address to listen on (default: all)'))
    .option('-p, --port <port>', 'port to listen on, 0 for any free one', port('--port', 0), 8_080)
    .addOption(
      durationOption(
        '--deadline <time>',
        'end a connection that takes longer for one line and its answer',
        '30s',
      ),
    )
    .addOption(
      durationOption(
        '--idle-timeout <time>',
        'close a connection, with a FIN, on which nothing is asked for so long after an answer (default: --deadline)',
      ),
    )
    .addOption(maxLineOption())
    .option(
      '--max-connections <count>',
      'close further ones at once (default: as many as the limit of open files leaves room for)',
      count('--max-connections'),
    )
    .option(
      '--workers <count>',
      'share the connections among so many processes, when one core is not enough',
      count('--workers'),
      1,
    )
    .addOption(new Option('--worker <part>').argParser(parsePart).hideHelp())
    .addOption(durationOption('--push-every <time>', 'misbehave: also say a line unasked on each connection'))
    .addOption(
      durationOption('--close-every <time>', 'misbehave: end all connections each time this has passed'),
    )
    .addOption(
      new Option(
        '--close-with <how>',
        'what --close-every and --deadline end with: a FIN, a RST, or a close that leaves input unread',
      )
        .choices(closeWays)
        .default('fin' satisfies CloseWay),
    )
    .option(
      '--backlog <count>',
      'connections that may wait for it to accept them (default: as many as the kernel lets wait)',
      count('--backlog'),
    )
    .option('--share-port', 'let other servers listen on the same port; the kernel deals out the connections')
    .addOption(
      new Option(
        '--take-memory <size>',
        'misbehave: take so much memory now and then, and let it go',
      ).argParser(byteSize('--take-memory', 1)),
    )
    .addOption(durationOption('--take-every <time>', 'how often --take-memory does so', '10s'))
    .addOption(
      durationOption('--take-for <time>', 'how long that takes each time; meanwhile nothing is answered'),
    )
    .addHelpText('after', examples);
  for (const option of probeOptions()) server.addOption(option);
  return server.action(async () => {
    const flags = server.opts<ServerFlags>();
    if (flags.workers > 1) {
      if (flags.port === 0) {
        throw new Problem('usage', '--workers: they share one port, so give --port another one than 0.');
      }
      await runWorkers(flags.workers, flags.events, (part) => workerWords(server, part));
      return;
    }
    const part = flags.worker ?? { index: 0, of: 1 };
    const maxConnections = smaller(
      flags.maxConnections === undefined ? null : partOf(flags.maxConnections, part),
      roomForConnections(),
    );
    await runSession(flags, (surroundings) =>
      startServer(
        {
          listen: { address: flags.host ?? '', port: flags.port },
          deadlineMs: flags.deadline,
          ...(flags.idleTimeout === undefined ? {} : { idleTimeoutMs: flags.idleTimeout }),
          maxLine: flags.maxLine,
          ...(maxConnections === null ? {} : { maxConnections }),
          ...(flags.backlog === undefined ? {} : { backlog: flags.backlog }),
          misbehaviour: misbehaviour(flags),
          sharedPort: flags.worker !== undefined || flags.sharePort === true,
        },
        surroundings,
      ),
    );
  });
}

/** More than the limit of open files has room for can't be served: libuv would close them at once, and say nothing. */
function smaller(wanted: number | null, room: number | null): number | null {
  if (wanted === null || room === null) return wanted ?? room;
  return Math.min(wanted, room);
}

function misbehaviour(flags: ServerFlags): Misbehaviour {
  const { pushEvery, closeEvery, closeWith, takeMemory, takeEvery, takeFor = 0 } = flags;
  return {
    ...(takeMemory === undefined
      ? {}
      : { memory: { bytes: takeMemory, everyMs: takeEvery, forMs: takeFor } }),
    ...(pushEvery === undefined ? {} : { pushEveryMs: pushEvery }),
    ...(closeEvery === undefined ? {} : { closeEveryMs: closeEvery }),
    closeWith,
  };
}
