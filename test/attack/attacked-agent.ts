// An agent with peers and a coordinator of its own, which are honest until a case has them play something else.
import assert from 'node:assert/strict';
import { readSeries, type Series } from '../../src/lab/mesh/series.ts';
import { honestConnections, startHonestCoordinator, type Coordinator } from './honest-coordinator.ts';
import { startPeers, type Peers } from './honest-peers.ts';
import { startAgent, type HttpTarget } from './programs.ts';
import { eventually } from './scene.ts';

export interface AgentTarget extends HttpTarget {
  readonly peers: Peers;
  readonly coordinator: Coordinator;
}

const surroundings: Pick<AgentTarget, 'peers' | 'coordinator'>[] = [];

/** Resolves when it follows its honest plan. */
export async function startAttackedAgent(): Promise<AgentTarget> {
  const peers = await startPeers();
  const coordinator = await startHonestCoordinator(peers.port);
  surroundings.push({ peers, coordinator });
  const target = await startAgent(coordinator.url, peers.port);
  await coordinator.beHonest();
  return { ...target, peers, coordinator };
}

/** For `prepare`: what agents had around them goes when all cases are over. */
export const closeSurroundings = () =>
  Promise.resolve(() =>
    Promise.all(surroundings.flatMap(({ peers, coordinator }) => [coordinator.close(), peers.close()])),
  );

export async function seriesOf({ http }: HttpTarget): Promise<Series[]> {
  const text = await (
    await fetch(`http://127.0.0.1:${http}/metrics`, { signal: AbortSignal.timeout(5_000) })
  ).text();
  assert.ok(!/[\x00-\x08\x0b-\x1f\x7f]/.test(text), 'its metrics have no control characters');
  return readSeries(text);
}

/** It probes the peers of its honest plan, and counts that. */
export async function probes(target: AgentTarget): Promise<void> {
  const { peers } = target;
  const before = peers.answered();
  await eventually('it probes', () => peers.answered() > before + 2 * honestConnections);
  const counted = async () =>
    (await seriesOf(target))
      .filter(({ name, labels }) => name === 'netdebug_mesh_probes_total' && labels['outcome'] === 'answered')
      .reduce((sum, { value }) => sum + value, 0);
  const then = await counted();
  await eventually('it counts', async () => (await counted()) > then);
}
