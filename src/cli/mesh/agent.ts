// `netdebug mesh agent`: holds the connections that the coordinator's plan wants of its node, and counts what becomes of them.
import { Command } from 'commander';
import { formatEndpoint, type Endpoint } from '../../model/endpoint.ts';

import { durationOption, textOption } from '../probe-flags.ts';
import { readVersion } from '../own-version.ts';
import { coordinatorOption, listenOption, nodeOption } from './part-flags.ts';
import { runPart } from './run-part.ts';

interface Flags {
  readonly coordinator: string;
  readonly node: string;
  readonly listen: Endpoint;
  readonly period: number;
  readonly timeout: number;
  readonly hold: number;
  readonly pairSeries?: true;
  readonly planFile?: string;
}

const examples = `
Examples:
  netdebug mesh agent --coordinator http://netdebug-mesh-coordinator:9465 --node node-1
  NETDEBUG_NODE=node-1 NETDEBUG_COORDINATOR=http://10.0.0.7:9465 netdebug mesh agent
  curl -s localhost:9464/metrics | grep resets    what it has counted

Needs no access to the Kubernetes API. While the coordinator is away it goes on with its last plan; with --plan-file
also after a restart. A failure is held back for --hold before it counts, so that news of a node or a server that was
taken away on purpose can come first.`;

export function agentCommand(): Command {
  const agent = new Command('agent')
    .description('probe the servers that the coordinator names; one of it on every node')
    .addOption(coordinatorOption().makeOptionMandatory())
    .addOption(nodeOption().makeOptionMandatory())
    .addOption(durationOption('-t, --period <time>', 'time from one probe of a connection to the next', '5s'))
    .addOption(durationOption('--timeout <time>', 'give up connecting, or an answer, after this time', '30s'))
    .addOption(durationOption('--hold <time>', 'hold failures back for so long before they count', '1m'))
    .option('--pair-series', 'also series for each pair of nodes, for the grid: some K of them an agent')
    .addOption(textOption('--plan-file <file>', 'keep the last plan there, for a restart'))
    .addOption(listenOption(':9464'))
    .addHelpText('after', examples);
  return agent.action(async () => {
    const flags = agent.opts<Flags>();
    const { startAgent } = await import('../../mesh/agent/agent.ts');
    await runPart(async (log) => {
      const running = await startAgent(
        {
          coordinator: flags.coordinator,
          node: flags.node,
          listen: flags.listen,
          periodMs: flags.period,
          timeoutMs: flags.timeout,
          holdMs: flags.hold,
          pairSeries: flags.pairSeries === true,
          ...(flags.planFile === undefined ? {} : { planFile: flags.planFile }),
          version: readVersion(),
        },
        log,
      );
      log(`Metrics on ${formatEndpoint(running.local)}; asks ${flags.coordinator} for a plan.`);
      return running;
    });
  });
}
