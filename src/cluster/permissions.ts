// What the user may do in the namespace, asked with `kubectl auth can-i` before anything is created.
import { Problem } from '../model/problem.ts';
import { pause } from '../system/pause.ts';
import type { Kubectl } from '../system/tools/kubectl.ts';

export interface Permission {
  readonly verb: string;
  readonly resource: string;
  readonly subresource?: string;
  /** Another namespace than the run's. */
  readonly namespace?: string;
  /** Cluster-wide; the run goes on without it when it is not required. */
  readonly everywhere?: true;
  readonly required: boolean;
  readonly why: string;
}

const forRuns: readonly Permission[] = [
  { verb: 'create', resource: 'deployments.apps', required: true, why: 'to start server and clients' },
  { verb: 'patch', resource: 'deployments.apps', required: true, why: 'to apply them' },
  { verb: 'delete', resource: 'deployments.apps', required: true, why: 'to remove them again' },
  { verb: 'create', resource: 'services', required: true, why: 'to give the server an address' },
  { verb: 'patch', resource: 'services', required: true, why: 'to apply it' },
  { verb: 'delete', resource: 'services', required: true, why: 'to remove it again' },
  { verb: 'list', resource: 'deployments.apps', required: true, why: 'to see why they do not start' },
  { verb: 'list', resource: 'services', required: true, why: 'to see that it is gone' },
  { verb: 'list', resource: 'pods', required: true, why: 'to see where they run' },
  { verb: 'get', resource: 'pods', subresource: 'log', required: true, why: "to read the clients' events" },
  {
    verb: 'create',
    resource: 'jobs.batch',
    required: false,
    why: 'to have everything removed some minutes after this command is killed',
  },
  { verb: 'patch', resource: 'jobs.batch', required: false, why: 'to put that off while it runs' },
  { verb: 'delete', resource: 'jobs.batch', required: false, why: 'to end that' },
  {
    verb: 'list',
    resource: 'networkpolicies.networking.k8s.io',
    required: false,
    why: 'to see whether one keeps the clients from the server',
  },
  {
    verb: 'create',
    resource: 'events',
    namespace: 'default',
    required: false,
    why: 'in namespace default, to make an Event on the node where a finding was made',
  },
  { verb: 'list', resource: 'nodes', everywhere: true, required: false, why: 'to notice a cordoned node' },
];

const forObservers: readonly Permission[] = [
  { verb: 'create', resource: 'configmaps', required: true, why: 'to start the clients after the observers' },
  { verb: 'patch', resource: 'configmaps', required: true, why: 'to apply it' },
  { verb: 'delete', resource: 'configmaps', required: true, why: 'to remove it again' },
  {
    verb: 'create',
    resource: 'namespaces',
    everywhere: true,
    required: true,
    why: 'to give observers their own',
  },
  { verb: 'delete', resource: 'namespaces', everywhere: true, required: true, why: 'to remove it again' },
  {
    verb: 'create',
    resource: 'daemonsets.apps',
    everywhere: true,
    required: true,
    why: 'to start observers',
  },
  {
    verb: 'create',
    resource: 'pods',
    subresource: 'exec',
    everywhere: true,
    required: true,
    why: 'to copy their evidence',
  },
];

export interface Refusal {
  /** `create deployments.apps` */
  readonly what: string;
  readonly why: string;
  readonly required: boolean;
}

/** An API server that has just started refuses everything until it has read its roles; asked again so often before that is believed. */
const rounds = 5;
const betweenRoundsMs = 1_000;

/** What is refused of what a run needs. Throws a `missing` Problem when the cluster does not answer. */
export async function findRefusals(kubectl: Kubectl, observe: boolean): Promise<Refusal[]> {
  return await findRefusalsOf(kubectl, [...forRuns, ...(observe ? forObservers : [])]);
}

/** What is refused of these. Throws a `missing` Problem when the cluster does not answer. */
export async function findRefusalsOf(kubectl: Kubectl, wanted: readonly Permission[]): Promise<Refusal[]> {
  let allRefused = false;
  for (let round = 1; ; round++) {
    const answers = await Promise.all(
      wanted.map(async (one) => ((await isAllowed(kubectl, one)) ? [] : [refusal(one)])),
    );
    const refused = answers.flat();
    // A round after one without any right may have begun before the roles were known.
    const doubtful = allRefused || refused.length === wanted.length;
    if (refused.length === 0 || !doubtful || round === rounds) return refused;
    allRefused = refused.length === wanted.length;
    await pause(betweenRoundsMs);
  }
}

async function isAllowed(kubectl: Kubectl, permission: Permission): Promise<boolean> {
  const { verb, resource, subresource, namespace, everywhere } = permission;
  const answer = await kubectl.ask([
    ...['auth', 'can-i', verb, resource],
    ...(subresource === undefined ? [] : [`--subresource=${subresource}`]),
    ...(namespace === undefined ? [] : [`--namespace=${namespace}`]),
    ...(everywhere === true ? ['--all-namespaces'] : []),
  ]);
  if (answer.ok) return answer.stdout.trim().startsWith('yes');
  // It says "no" on stdout, with a reason sometimes, and ends with 1; anything else is no answer.
  if (answer.result.stdout.trim().startsWith('no')) return false;
  throw new Problem('missing', answer.failure.sentence);
}

function refusal({ verb, resource, subresource, why, required }: Permission): Refusal {
  return { what: `${verb} ${resource}${subresource === undefined ? '' : `/${subresource}`}`, why, required };
}
