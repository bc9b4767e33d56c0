// `netdebug mesh coordinator`: follows the Kubernetes API and tells each agent whom to probe.
import { Command } from 'commander';
import { formatEndpoint, type Endpoint } from '../../model/endpoint.ts';
import { count, durationOption, port, textOption } from '../probe-flags.ts';
import type { CoordinatorSettings } from '../../mesh/coordinator/coordinator.ts';
import { listenOption, nodeOption } from './part-flags.ts';
import { apiServerOption, reachApi, type ApiFlags } from './reach-api.ts';
import { runPart } from './run-part.ts';

interface Flags extends ApiFlags {
  readonly listen: Endpoint;
  readonly node?: string;
  readonly namespace: string;
  readonly targets: number;
  readonly service: string;
  readonly localService: string;
  readonly serviceAddress?: string;
  readonly localAddress?: string;
  readonly servicePort: number;
  readonly settle: number;
  readonly agentAuthentication: boolean;
  readonly agentServiceAccount: string;
  readonly maxConnections: number;
  readonly maxConnectionsPerAddress: number;
}

const examples = `
Examples:
  netdebug mesh coordinator                                   in a pod, with its service account
  netdebug mesh coordinator --kubeconfig ~/.kube/config       from outside, through kubectl proxy
  curl -s localhost:9465/v1/coverage | jq .now                who is probed by how many, counting agents that are there

Lists and watches Nodes, and the EndpointSlices of --service in --namespace, and has the API review agents' tokens; nothing
else. A plan is given to the agent of that node alone: to a pod of --agent-service-account on it, by its token. Any number of
replicas compute the same plan. While the API is away the last plan is served, and /readyz says so; one that has told nothing
yet is waited for, by a pod without end, outside of one for two minutes.`;

/** Outside a pod somebody waits for us to say what is amiss. */
const patienceMs = 2 * 60_000;

export function coordinatorCommand(): Command {
  const coordinator = new Command('coordinator')
    .description('follow the Kubernetes API and tell each agent whom to probe')
    .option('--targets <count>', 'K: other nodes that each node probes', count('--targets'), 10)
    .addOption(
      textOption(
        '--kubeconfig <file>',
        'kubeconfig for kubectl proxy (default: the pod’s service account, else as kubectl finds it)',
      ),
    )
    .addOption(textOption('--context <name>', 'context of the kubeconfig'))
    .addOption(apiServerOption())
    .addOption(
      textOption('-n, --namespace <name>', 'namespace of the mesh', 'netdebug-mesh').env(
        'NETDEBUG_NAMESPACE',
      ),
    )
    .addOption(textOption('--service <name>', 'Service of all servers', 'netdebug-mesh-server'))
    .addOption(
      textOption(
        '--local-service <name>',
        'Service of the own node’s server (internalTrafficPolicy: Local)',
        'netdebug-mesh-local',
      ),
    )
    .addOption(
      textOption('--service-address <host>', 'how agents dial --service (default: SERVICE.NAMESPACE.svc)'),
    )
    .addOption(
      textOption(
        '--local-address <host>',
        'how agents dial --local-service (default: SERVICE.NAMESPACE.svc)',
      ),
    )
    .option('--service-port <port>', 'port of both Services', port('--service-port', 1), 8_080)
    .addOption(
      durationOption('--settle <time>', 'gather changes of the API for so long before a new plan', '500ms'),
    )
    .addOption(
      textOption('--agent-service-account <name>', 'whose pods the agents are', 'netdebug-mesh-agent'),
    )
    .option(
      '--no-agent-authentication',
      'give any plan to anybody who asks: for trials, and where the API reviews no tokens',
    )
    .option(
      '--max-connections <count>',
      'connections open at once; beyond them only the health is answered',
      count('--max-connections'),
      8_192,
    )
    .option(
      '--max-connections-per-address <count>',
      'of these, from one address',
      count('--max-connections-per-address'),
      64,
    )
    .addOption(listenOption(':9465'))
    .addOption(nodeOption())
    .addHelpText('after', examples);
  return coordinator.action(async () => {
    const flags = coordinator.opts<Flags>();
    const { namespace, service } = flags;
    // Loaded late, as in each part: a pod holds only what its part needs.
    const { startCoordinator } = await import('../../mesh/coordinator/coordinator.ts');
    const { createUnusableWords } = await import('../../mesh/coordinator/unusable-words.ts');
    const { openKubernetes } = await import('../../kubernetes/api.ts');
    await runPart(async (log) => {
      const reached = await reachApi(flags, log);
      try {
        const unusable = createUnusableWords(log, () => performance.now());
        const api = openKubernetes(reached.access, namespace, service, {}, unusable);
        const settings = settingsOf(flags, reached.access.from === 'pod' ? undefined : patienceMs);
        const running = await startCoordinator(settings, api, log);
        if (settings.agents === null) {
          log('Agents are not authenticated: whoever asks is given a plan, and counts as that node’s agent.');
        }
        log(`Serves plans on ${formatEndpoint(running.local)}; follows ${api.server}.`);
        return {
          ended: Promise.race([running.ended, reached.ended]),
          async stop() {
            await Promise.all([running.stop(), reached.stop()]);
          },
        };
      } catch (error) {
        await reached.stop();
        throw error;
      }
    });
  });
}

function settingsOf(flags: Flags, giveUpMs: number | undefined): CoordinatorSettings {
  const { namespace, service, localService } = flags;
  return {
    listen: flags.listen,
    targets: flags.targets,
    services: {
      all: flags.serviceAddress ?? `${service}.${namespace}.svc`,
      local: flags.localAddress ?? `${localService}.${namespace}.svc`,
      port: flags.servicePort,
    },
    settleMs: flags.settle,
    node: flags.node,
    agents: flags.agentAuthentication ? { namespace, serviceAccount: flags.agentServiceAccount } : null,
    limits: {
      connections: flags.maxConnections,
      connectionsPerAddress: flags.maxConnectionsPerAddress,
    },
    giveUpMs,
  };
}
