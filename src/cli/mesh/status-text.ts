// The mesh's state as a person reads it in the night: one sentence, then a line for each node that is not as the others.
import { formatDuration } from '../../model/duration.ts';
import type { MeshCoverage } from '../../model/mesh-coverage.ts';
import { alignColumns } from '../../report/table.ts';
import { visible } from '../../report/visible.ts';

const mostLines = 50;

/** Every planned node is probed by others, every agent is there, and the plan is what a coordinator that hears the API believes. */
export function isWhole({ now, missing, held, synced }: MeshCoverage): boolean {
  return now.planned > 0 && now.uncovered.length === 0 && missing.length === 0 && held.length === 0 && synced;
}

/** @param namespace The mesh's, for the commands that are named. */
export function statusText(coverage: MeshCoverage, namespace: string): string {
  const rows = nodeRows(coverage);
  const shown = rows.slice(0, mostLines);
  const more =
    rows.length > mostLines ? [`… and ${rows.length - mostLines} more lines; --json has all.`] : [];
  const table = rows.length === 0 ? [] : ['', ...alignColumns([['NODE', 'STATE', 'WHY'], ...shown]), ...more];
  return `${[...summary(coverage), ...table, ...advice(coverage, namespace)].map(visible).join('\n')}\n`;
}

function summary(coverage: MeshCoverage): string[] {
  const { now, leftOut, held, missing, synced, planAgeSeconds } = coverage;
  const age = planAgeSeconds === null ? '' : `; the plan is ${formatDuration(planAgeSeconds * 1_000)} old`;
  const said = isWhole(coverage) ? 'Coverage is whole' : `Coverage is not whole: ${whatIsAmiss(coverage)}`;
  const { least, most, mean } = now.inDegree;
  return [
    `${said}.`,
    ...alignColumns([
      [
        'nodes',
        `${now.planned} planned, ${leftOut.length} left out, ${held.length} held against the API${age}`,
      ],
      [
        'probed',
        `${now.planned - now.uncovered.length} of ${now.planned}, each by ${least ?? 0} to ${most} others (mean ${mean.toFixed(1)})`,
      ],
      ['agents', `${now.planned - missing.length} of ${now.planned} ask for their plan`],
      ['API', synced ? 'heard by the coordinator' : 'not heard by the coordinator: the plan may be old'],
    ]),
  ];
}

function whatIsAmiss({ now, missing, held, synced, leftOut }: MeshCoverage): string {
  const some = (count: number, one: string, several: string) =>
    count === 0 ? [] : [`${count} ${count === 1 ? one : several}`];
  const nothing = now.planned === 0 ? [`none of ${leftOut.length} nodes is watched`] : [];
  return [
    ...nothing,
    ...some(now.uncovered.length, 'node is probed by nobody', 'nodes are probed by nobody'),
    ...some(missing.length, 'agent is missing', 'agents are missing'),
    ...some(
      held.length,
      'node is called not ready by an API that is not believed',
      'nodes are called not ready by an API that is not believed',
    ),
    ...(synced ? [] : ['the coordinator does not hear the Kubernetes API']),
  ].join(', ');
}

function nodeRows({ now, missing, leftOut, held, probers }: MeshCoverage): string[][] {
  const absent = new Set(missing);
  return [
    ...now.uncovered.map((node) => {
      const ought = probers[node] ?? [];
      const why =
        ought.length === 0
          ? 'there is no other node to probe it'
          : `the agents of ${ought.slice(0, 5).join(', ')}${ought.length > 5 ? ', …' : ''} ought to`;
      return [node, 'not probed', why];
    }),
    ...[...absent].map((node) => [
      node,
      'no agent',
      'it does not ask for its plan: it does not run, or does not reach the coordinator',
    ]),
    ...held.map(({ node, reason }) => [node, 'held', `the API says ${reason}, as of most nodes at once`]),
    ...leftOut.map(({ node, reason }) => [node, 'left out', reason]),
  ];
}

function advice({ now, missing, held, synced }: MeshCoverage, namespace: string): string[] {
  const kubectl = `kubectl -n ${namespace}`;
  const lines = [
    ...(now.uncovered.length + missing.length > 0
      ? [`the agents: ${kubectl} get pods -o wide -l component=agent`]
      : []),
    ...(now.planned === 0 ? [`the servers: ${kubectl} get pods -o wide -l component=server`] : []),
    ...(held.length > 0 || now.planned === 0 ? ['the nodes: kubectl get nodes'] : []),
    ...(held.length > 0 || !synced || now.planned === 0
      ? [`the coordinator: ${kubectl} logs deployment/netdebug-mesh-coordinator`]
      : []),
  ];
  return lines.length === 0 ? [] : ['', ...lines.map((line) => `See ${line}`)];
}
