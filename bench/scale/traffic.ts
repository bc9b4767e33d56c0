// What the coordinator and Prometheus get, measured on the real programs: bytes of one idle question, and series in the worst case.
import { once } from 'node:events';
import { connect } from 'node:net';
import { startClusterApi } from '../../src/lab/mesh/cluster-api.ts';
import { nodeObject, sliceObject } from '../../src/lab/mesh/cluster-objects.ts';
import { readSeries } from '../../src/lab/mesh/series.ts';
import { meshTopology } from '../../src/lab/topologies/mesh.ts';
import { startCoordinator } from '../../src/mesh/coordinator/coordinator.ts';
import { openKubernetes } from '../../src/kubernetes/api.ts';
import { createAgentMetrics } from '../../src/metrics/agent-metrics.ts';
import { exclusionCauses, meshClasses, meshPaths } from '../../src/model/mesh-plan.ts';
import { failureKinds } from '../../src/model/probe-event.ts';

/** Series of an agent to which everything has happened that can. */
export async function seriesPerAgent(pairs: number): Promise<number> {
  const metrics = createAgentMetrics({
    version: '0',
    pairs: pairs > 0,
    onScrape: () => undefined,
    planAge: () => 0,
  });
  metrics.info('node', 'zone');
  metrics.loopDelay(0);
  for (const meshClass of meshClasses) {
    for (const path of meshPaths) {
      const route = { class: meshClass, path };
      for (const outcome of ['answered', ...failureKinds] as const) metrics.probe(route, outcome);
      for (const cause of exclusionCauses) metrics.excluded(route, cause);
      metrics.answer(route, 0.001);
    }
  }
  for (let pair = 0; pair < pairs; pair++) {
    const of = { source: 'node', target: `node-${pair}`, class: 'same-zone', path: 'pod-ip' } as const;
    metrics.open(of, 1);
    metrics.exposure(of, 1);
    metrics.reset(of);
  }
  return readSeries(await metrics.text()).length;
}

export interface IdleQuestion {
  readonly sent: number;
  readonly received: number;
}

/** Bytes, headers included, of a question whose answer is that nothing has changed: what an agent asks every 30 s. */
export async function idleQuestion(): Promise<IdleQuestion> {
  const api = await startClusterApi(0);
  const { members } = meshTopology(3);
  for (const member of members) api.put('nodes', member.node.name, nodeObject(member, 'ready'));
  api.put('endpointslices', 's', sliceObject('s', 'netdebug-mesh-server', members, new Set()));
  const coordinator = await startCoordinator(
    {
      listen: { address: '127.0.0.1', port: 0 },
      targets: 10,
      services: { all: 'all', local: 'local', port: 8_080 },
      settleMs: 10,
      agents: null,
    },
    openKubernetes(
      { from: 'url', url: new URL(`http://127.0.0.1:${api.port}`) },
      'netdebug-mesh',
      'netdebug-mesh-server',
    ),
    () => undefined,
  );
  try {
    const { port } = coordinator.local;
    const url = `http://127.0.0.1:${port}/v1/plan/node-1`;
    let etag: string | null = null;
    while (etag === null) etag = (await fetch(url)).headers.get('etag');
    // As Node's fetch asks, which the agent uses.
    const question = [
      'GET /v1/plan/node-1?wait=30s HTTP/1.1',
      `host: 127.0.0.1:${port}`,
      'connection: keep-alive',
      `if-none-match: ${etag}`,
      'accept: */*',
      'accept-language: *',
      'sec-fetch-mode: cors',
      'user-agent: node',
      'accept-encoding: gzip, deflate',
      '',
      '',
    ].join('\r\n');
    const socket = connect(port, '127.0.0.1');
    // The answer without the wait is the same, and does not take half a minute.
    socket.write(question.replace('?wait=30s', '?wait=0s'));
    const [answer] = (await once(socket, 'data')) as [Buffer];
    socket.destroy();
    if (!answer.toString('latin1').startsWith('HTTP/1.1 304')) throw new Error('no 304');
    return { sent: question.length, received: answer.length };
  } finally {
    await coordinator.stop();
    await api.close();
  }
}
