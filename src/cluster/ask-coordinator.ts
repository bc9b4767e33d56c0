// Asks the mesh's coordinator through the Kubernetes API's proxy, so that nobody needs a port-forward: one request, and no pod of ours.
import { Problem } from '../model/problem.ts';
import { z } from '../model/schema.ts';
import type { Kubectl } from '../system/tools/kubectl.ts';

const service = 'netdebug-mesh-coordinator';
const selector = 'app=netdebug-mesh,component=coordinator';
const httpPort = 9_465;

const podsSchema = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string() }),
      status: z.object({ phase: z.string().optional() }).default({}),
    }),
  ),
});

/** The answer's text. Throws a `missing` Problem when the cluster, or the coordinator in it, cannot be reached or asked. */
export async function askCoordinator(kubectl: Kubectl, namespace: string, path: string): Promise<string> {
  const under = (kind: string, name: string) =>
    `/api/v1/namespaces/${namespace}/${kind}/http:${name}:${httpPort}/proxy${path}`;
  const answer = await kubectl.ask(['get', '--raw', under('services', service)], { attempts: 2 });
  if (answer.ok) return answer.stdout;
  const { kind, sentence } = answer.failure;
  if (kind === 'forbidden') throw notAllowed(namespace, sentence);
  if (kind !== 'server-error' && kind !== 'not-found') throw new Problem('missing', sentence);
  // A Service leads to no pod that the API calls not ready, and that is when the coordinator is asked.
  const pod = await runningPod(kubectl, namespace);
  const second =
    pod === undefined ? undefined : await kubectl.ask(['get', '--raw', under('pods', pod)], { attempts: 1 });
  if (second?.ok === true) return second.stdout;
  throw new Problem(
    'missing',
    `The coordinator does not answer in namespace ${namespace}; see "kubectl -n ${namespace} get pods -l ${selector}", or choose the mesh's namespace with --namespace; where a NetworkPolicy keeps the API out, use "kubectl -n ${namespace} port-forward deployment/${service} ${httpPort}" and --coordinator http://localhost:${httpPort} (${sentence}).`,
  );
}

async function runningPod(kubectl: Kubectl, namespace: string): Promise<string | undefined> {
  const words = ['get', 'pods', '--namespace', namespace, '--selector', selector, '--output=json'];
  const answer = await kubectl.ask(words, { attempts: 1 });
  if (!answer.ok) return undefined;
  const { items } = podsSchema.parse(JSON.parse(answer.stdout));
  return items.find(({ status }) => status.phase === 'Running')?.metadata.name;
}

function notAllowed(namespace: string, sentence: string): Problem {
  return new Problem(
    'missing',
    `You may not ask the coordinator through the API; ask for the right to get services/proxy in namespace ${namespace}, or give --coordinator an address of it that you reach (${sentence}).`,
  );
}
