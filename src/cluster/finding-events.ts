// A Kubernetes Event for each finding, on the node where it happened, for whoever looks at the cluster and not at netdebug.
import { writeFile } from 'node:fs/promises';
import type { ClusterRecord } from '../model/cluster-record.ts';
import { jsonDocument } from '../model/json-document.ts';
import type { Finding, RunRecord } from '../model/run-record.ts';
import type { Kubectl } from '../system/tools/kubectl.ts';
import { runLabel } from './names.ts';

export interface EventsSpec {
  readonly runId: string;
  /** Where the run was; nothing is announced without it. */
  readonly cluster: ClusterRecord;
  /** The node that a finding's evidence came from; null when no observer's is in it. */
  readonly nodeOf: (finding: Finding) => string | null;
  /** The path of the file of that name in which what is created is kept. */
  readonly keptAs: (name: string) => string;
}

interface ObjectReference {
  readonly apiVersion: 'v1';
  readonly kind: 'Node' | 'Pod';
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
}

/** Longer messages are refused by the API. */
const longestMessage = 1_024;

/**
 * Creates them: on the Node, in namespace `default`, where Kubernetes has a node's events, or else on the pod, in the run's own.
 * Resolves with a sentence when one could be made in neither; throws only an `interrupted` Problem.
 */
export async function announceFindings(
  kubectl: Kubectl,
  record: Pick<RunRecord, 'findings' | 'classes' | 'startedAt' | 'durationSeconds'>,
  spec: EventsSpec,
): Promise<string | null> {
  for (const [index, finding] of record.findings.entries()) {
    let refused = 'no object is known to put it on.';
    let made = false;
    for (const object of objectsOf(finding, spec)) {
      const file = spec.keptAs(`created-event-${index}.json`);
      const event = eventOf(finding, index, record, object, spec);
      await writeFile(file, jsonDocument(event));
      const where = `--namespace=${event.metadata.namespace}`;
      const answer = await kubectl.ask(['create', '--validate=false', where, '-f', file, '--output=name']);
      made = answer.ok;
      if (answer.ok) break;
      refused = answer.failure.sentence;
    }
    if (!made) return `No Event could be made of the finding ${finding.cause}: ${refused}`;
  }
  return null;
}

/** The best first. */
function objectsOf(finding: Finding, { cluster, nodeOf }: EventsSpec): ObjectReference[] {
  const client = cluster.pods.find((pod) => pod.class !== null && finding.classes.includes(pod.class));
  const told = nodeOf(finding);
  const isOfRun = cluster.nodes.some(({ name }) => name === told);
  const node = (isOfRun ? told : client?.node) ?? null;
  return [
    // What kubelets put there as well, and "kubectl describe node" asks for.
    ...(node === null ? [] : [{ apiVersion: 'v1', kind: 'Node', name: node, uid: node } as const]),
    ...(client === undefined
      ? []
      : [{ apiVersion: 'v1', kind: 'Pod', name: client.name, namespace: cluster.namespace } as const]),
  ];
}

/** A core/v1 Event; its times are the run's. */
export function eventOf(
  finding: Finding,
  index: number,
  { classes, startedAt, durationSeconds }: Pick<RunRecord, 'classes' | 'startedAt' | 'durationSeconds'>,
  involvedObject: ObjectReference,
  { runId }: Pick<EventsSpec, 'runId'>,
) {
  const wereReset = classes.some((one) => one.resets > 0 && finding.classes.includes(one.name));
  const sure = finding.certainty?.cause ?? 'open';
  const who = `${finding.connections} lost connections (${finding.classes.join(', ')})`;
  const began = Date.parse(startedAt);
  const seconds = (at: number) => new Date(at).toISOString().replace(/\.[0-9]+Z$/, 'Z');
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: {
      name: `netdebug-${runId}-${index}`,
      namespace: involvedObject.namespace ?? 'default',
      labels: { app: 'netdebug', [runLabel]: runId },
    },
    involvedObject,
    type: 'Warning',
    reason: wereReset ? 'ConnectionsReset' : 'ConnectionsLost',
    message: `${finding.cause} explains ${who}, ${sure}: ${finding.sentence}`.slice(0, longestMessage),
    count: Math.max(1, finding.connections),
    firstTimestamp: seconds(began),
    lastTimestamp: seconds(began + durationSeconds * 1_000),
    source: { component: 'netdebug' },
    reportingComponent: 'netdebug',
    reportingInstance: runId,
  };
}
