// A coordinator of the mesh against an API that lists and watches, both on this machine's loopback.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TestContext } from 'node:test';
import { startClusterApi } from '../../src/lab/mesh/cluster-api.ts';
import { nodeObject, sliceObject } from '../../src/lab/mesh/cluster-objects.ts';
import { meshTopology } from '../../src/lab/topologies/mesh.ts';
import { createTargetRanges, parseRanges } from '../../src/mesh/agent/target-ranges.ts';
import { startCoordinator } from '../../src/mesh/coordinator/coordinator.ts';
import { openKubernetes } from '../../src/kubernetes/api.ts';
import { systemClock } from '../../src/model/clock.ts';

export const service = 'netdebug-mesh-server';
export const anywhere = { address: '127.0.0.1', port: 0 };
export const quiet = { clock: systemClock(), loopDelayMs: () => 0, log: () => undefined };

/** An agent's bounds, for servers on this machine's loopback. */
export const onLoopback = (...targetPorts: number[]) => ({
  targetRanges: createTargetRanges(parseRanges('127.0.0.0/8') ?? [], []),
  targetPorts,
});

export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  // Ten seconds are enough, unless others have the machine.
  for (let looks = 0; looks < 1_200; looks++) {
    if (await holds()) return;
    await sleep(25);
  }
  assert.fail(`not within thirty seconds: ${what}`);
}

/** An API with three nodes, whose servers are at the given place. */
export async function api(t: TestContext, { port = 9, count = 3 } = {}) {
  const cluster = await startClusterApi(0);
  const { members } = meshTopology(count);
  const local = members.map((member, index) => ({
    ...member,
    server: { ...member.server, address: `127.0.0.${index + 1}` },
  }));
  for (const member of local) cluster.put('nodes', member.node.name, nodeObject(member, 'ready'));
  const slice = sliceObject('slice-1', service, local, new Set()) as { ports: { port: number }[] };
  cluster.put('endpointslices', 'slice-1', { ...slice, ports: [{ port }] });
  const folder = await mkdtemp(join(tmpdir(), 'netdebug-mesh-'));
  t.after(async () => {
    await cluster.close();
    await rm(folder, { recursive: true, force: true });
  });
  return { cluster, members: local, apiUrl: new URL(`http://127.0.0.1:${cluster.port}`), folder };
}

export async function coordinate(t: TestContext, apiUrl: URL, port = 9, listen = anywhere) {
  const log: string[] = [];
  const coordinator = await startCoordinator(
    {
      ...{ listen, targets: 10, services: { all: '127.0.0.1', local: '127.0.0.1', port }, settleMs: 20 },
      agents: null,
    },
    openKubernetes({ from: 'url', url: apiUrl }, 'netdebug-mesh', service),
    (line) => log.push(line),
  );
  t.after(() => coordinator.stop());
  const url = `http://127.0.0.1:${coordinator.local.port}`;
  await until('it has a plan', async () => (await fetch(`${url}/readyz`)).ok);
  return { coordinator, url, log };
}
