// `netdebug mesh status`: whether every node is watched, and if not, which and why, as the coordinator says it.
import { Command } from 'commander';
import { askCoordinator } from '../../cluster/ask-coordinator.ts';
import { jsonDocument } from '../../model/json-document.ts';
import { meshCoverageSchema, type MeshCoverage } from '../../model/mesh-coverage.ts';
import { exitCodes, messageOf, Problem } from '../../model/problem.ts';
import { findKubectl } from '../../system/tools/kubectl.ts';
import { targetOptions } from '../cluster/target-flags.ts';
import { catchInterruption } from '../interruption.ts';
import { textOption } from '../probe-flags.ts';
import { coordinatorOption } from './part-flags.ts';
import { isWhole, statusText } from './status-text.ts';
import { print } from '../standard-output.ts';

interface Flags {
  readonly coordinator?: string;
  readonly context?: string;
  readonly kubeconfig?: string;
  readonly namespace: string;
  readonly json?: true;
}

const examples = `
Examples:
  netdebug mesh status                                     through the cluster that kubectl points to
  netdebug mesh status --context production -n monitoring
  netdebug mesh status --coordinator http://10.0.0.7:9465  without the Kubernetes API
  netdebug mesh status --json | jq .now.uncovered          what the coordinator says, word for word

Through the API it needs one right in the mesh's namespace: to get services/proxy. When no pod of the coordinator's is called
ready it asks one all the same, which needs to list pods and to get pods/proxy. Where a NetworkPolicy keeps the API's proxy out,
kubectl -n netdebug-mesh port-forward deployment/netdebug-mesh-coordinator 9465, and --coordinator http://localhost:9465.
Exit codes: 0 every node that is to be watched is, 1 coverage is not whole, 69 the coordinator cannot be reached.`;

const pathAsked = '/v1/coverage';
const directMs = 10_000;

export function statusCommand(): Command {
  const status = new Command('status')
    .description('say whether every node is watched, and if not, which are not and why')
    .option('--json', 'print what the coordinator says as one JSON document')
    .addOption(coordinatorOption())
    .addHelpText('after', examples);
  for (const option of targetOptions()) if (option.long !== '--namespace') status.addOption(option);
  status.addOption(textOption('-n, --namespace <name>', 'namespace of the mesh', 'netdebug-mesh'));
  return status.action(async (flags: Flags) => {
    const interruption = catchInterruption();
    try {
      const coverage = read(await ask(flags, interruption.signal));
      print(flags.json === true ? jsonDocument(coverage) : statusText(coverage, flags.namespace));
      process.exitCode = isWhole(coverage) ? exitCodes.finished : exitCodes.unexpected;
    } finally {
      interruption.off();
    }
  });
}

async function ask(
  { coordinator, context, kubeconfig, namespace }: Flags,
  signal: AbortSignal,
): Promise<string> {
  if (coordinator === undefined) {
    return await askCoordinator(findKubectl({ context, kubeconfig }, signal), namespace, pathAsked);
  }
  try {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(directMs)]);
    const response = await fetch(`${coordinator}${pathAsked}`, { signal: limit });
    const text = await response.text();
    if (response.ok) return text;
    throw new Error(`it answers ${response.status}: ${text.trim().slice(0, 200)}`);
  } catch (error) {
    if (signal.aborted) throw new Problem('interrupted', 'interrupted.');
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    throw new Problem(
      'missing',
      `The coordinator at ${coordinator} does not answer (${messageOf(cause).replace(/\.$/, '')}); see that it runs and can be reached from here, or leave --coordinator out to ask through kubectl.`,
      { cause: error },
    );
  }
}

function read(text: string): MeshCoverage {
  try {
    return meshCoverageSchema.parse(JSON.parse(text));
  } catch (error) {
    throw new Problem(
      'missing',
      'What answers there is no coordinator of this version; see that --coordinator, or --namespace, names the mesh.',
      { cause: error },
    );
  }
}
