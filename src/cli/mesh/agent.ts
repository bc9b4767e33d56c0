// `netdebug mesh agent`: holds the connections that the coordinator's plan wants of its node, and counts what becomes of them.
import { Command } from 'commander';
import { formatEndpoint, type Endpoint } from '../../model/endpoint.ts';
import type { Range } from '../../mesh/agent/target-ranges.ts';
import { durationOption, textOption } from '../probe-flags.ts';
import { readVersion } from '../own-version.ts';
import { coordinatorOption, listenOption, nodeOption } from './part-flags.ts';
import { runPart } from './run-part.ts';
import { hostAddressesOption, targetPortsOption, targetRangesOption } from './target-flags.ts';

interface Flags {
  readonly coordinator: string;
  readonly node: string;
  readonly listen: Endpoint;
  readonly period: number;
  readonly timeout: number;
  readonly hold: number;
  readonly pairSeries?: true;
  readonly planFile?: string;
  readonly tokenFile?: string;
  readonly targetRanges: readonly Range[];
  readonly targetPorts: readonly number[];
  readonly hostAddresses: readonly string[];
}

const examples = `
Examples:
  netdebug mesh agent --coordinator http://netdebug-mesh-coordinator:9465 --node node-1
  NETDEBUG_NODE=node-1 NETDEBUG_COORDINATOR=http://10.0.0.7:9465 netdebug mesh agent
  netdebug mesh agent --coordinator http://10.0.0.7:9465 --node node-1 --target-ranges 203.0.113.0/24,10.96.0.0/12
  curl -s localhost:9464/metrics | grep resets    what it has counted

Needs no access to the Kubernetes API. It dials only what is in --target-ranges and on --target-ports, whatever the plan
says: give the ranges of pods and Services where they are not private. With --token-file it shows the coordinator who
it is. While the coordinator is away it goes on with its last plan; with --plan-file
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
    .addOption(
      textOption('--token-file <file>', 'send the token in it to the coordinator; read anew each time'),
    )
    .addOption(targetRangesOption())
    .addOption(targetPortsOption())
    .addOption(hostAddressesOption())
    .addOption(listenOption(':9464'))
    .addHelpText('after', examples);
  return agent.action(async () => {
    const flags = agent.opts<Flags>();
    const { startAgent } = await import('../../mesh/agent/agent.ts');
    const { createTargetRanges } = await import('../../mesh/agent/target-ranges.ts');
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
          ...(flags.tokenFile === undefined ? {} : { tokenFile: flags.tokenFile }),
          targetRanges: createTargetRanges(flags.targetRanges, flags.hostAddresses),
          targetPorts: flags.targetPorts,
          version: readVersion(),
        },
        log,
      );
      log(`Metrics on ${formatEndpoint(running.local)}; asks ${flags.coordinator} for a plan.`);
      return running;
    });
  });
}
