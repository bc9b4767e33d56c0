// `netdebug mesh server`: what agents hold connections to, one on every node.
import { Command } from 'commander';
import { formatEndpoint, type Endpoint } from '../../model/endpoint.ts';
import { systemClock } from '../../model/clock.ts';
import { watchLoopDelay } from '../../probe/loop-delay.ts';
import { count, durationOption, port } from '../probe-flags.ts';
import { listenOption, nodeOption } from './part-flags.ts';
import { runPart } from './run-part.ts';

interface Flags {
  readonly port: number;
  readonly listen: Endpoint;
  readonly node?: string;
  readonly maxConnections: number;
  readonly maxConnectionsPerAddress: number;
  readonly idle: number;
}

const examples = `
Examples:
  netdebug mesh server --node node-1              as manifests/mesh runs it, on every node
  curl -s localhost:9464/metrics                  its metrics

Says on which node it is to whoever connects, and that it is leaving when it stops (SIGTERM).`;

export function serverCommand(): Command {
  const server = new Command('server')
    .description('answer the agents of all nodes; one of it on every node')
    .option('-p, --port <port>', 'port for probes', port('--port', 0), 8_080)
    .option(
      '--max-connections <count>',
      'connections open at once; further ones are closed, and those that never asked leave first',
      count('--max-connections'),
      4_096,
    )
    .option(
      '--max-connections-per-address <count>',
      'of these, from one address: more than an agent’s --targets',
      count('--max-connections-per-address'),
      128,
    )
    .addOption(
      durationOption(
        '--idle <time>',
        'close a connection without a line for so long: more than four periods of the agents',
        '2m',
      ),
    )
    .addOption(listenOption(':9464'))
    .addOption(nodeOption())
    .addHelpText('after', examples);
  return server.action(async () => {
    const flags = server.opts<Flags>();
    const { startMeshServer } = await import('../../mesh/mesh-server.ts');
    await runPart(async (log) => {
      const clock = systemClock();
      const loopDelay = watchLoopDelay(() => clock.monotonic());
      const running = await startMeshServer(
        {
          ...{ serve: { address: '', port: flags.port }, listen: flags.listen, node: flags.node },
          idleMs: flags.idle,
          limits: {
            connections: flags.maxConnections,
            connectionsPerAddress: flags.maxConnectionsPerAddress,
          },
        },
        { clock, loopDelayMs: () => loopDelay.current(), log },
      );
      log(`Answers probes on ${running.local}, and metrics on ${formatEndpoint(running.http)}.`);
      return {
        async stop() {
          await running.stop();
          loopDelay.stop();
        },
      };
    });
  });
}
