// The mesh's agent under attack: by who it probes, by who tells it whom to probe, by a plan file, and at its metrics and health.
import assert from 'node:assert/strict';
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readSeries } from '../../src/lab/mesh/series.ts';
import { unusedPort } from '../probe/loopback.ts';
import { mib } from './attacked-program.ts';
import { attackGroup, type Attack } from './attack-group.ts';
import { honestConnections, planOf, startHonestCoordinator, type Coordinator } from './honest-coordinator.ts';
import { startPeers, type Peers } from './honest-peers.ts';
import { hostilePeers } from './hostile-peers.ts';
import { httpAttacks } from './http-attacks.ts';
import { impostors } from './impostors.ts';
import { startAgent, type HttpTarget } from './programs.ts';
import { eventually, within, type Scene } from './scene.ts';

/** How long each hostile thing is given to do its harm. */
const exposureMs = 500;
/** Bounds that are ours: a handful each second is what a peer that is restarted causes. */
const mostDialsPerConnection = 20;
const mostNewSeries = 200;
const mostLogBytes = 100_000;
const mostAsked = 10;

let peers: Peers;
let coordinator: Coordinator;

async function seriesOf({ http }: HttpTarget) {
  const text = await (
    await fetch(`http://127.0.0.1:${http}/metrics`, { signal: AbortSignal.timeout(5_000) })
  ).text();
  assert.ok(!/[\x00-\x08\x0b-\x1f\x7f]/.test(text), 'its metrics have no control characters');
  return readSeries(text);
}

async function probed(target: HttpTarget): Promise<void> {
  const before = peers.answered();
  await eventually('it probes', () => peers.answered() > before + 2 * honestConnections);
  const counted = async () =>
    (await seriesOf(target))
      .filter(({ name, labels }) => name === 'netdebug_mesh_probes_total' && labels['outcome'] === 'answered')
      .reduce((sum, { value }) => sum + value, 0);
  const then = await counted();
  await eventually('it counts', async () => (await counted()) > then);
}

const byPeers: readonly Attack<HttpTarget>[] = hostilePeers.map(({ name, serve }) => ({
  name: `a peer that ${name}`,
  async attack(target: HttpTarget, scene: Scene) {
    const series = (await seriesOf(target)).length;
    const log = target.program.written();
    scene.onEnd(() => peers.beHonest());
    peers.play(serve);
    await eventually('it comes', () => peers.accepted() > 0);
    await sleep(exposureMs);
    const dials = peers.accepted();
    assert.ok(
      dials <= mostDialsPerConnection * honestConnections,
      `${dials} connections in ${exposureMs} ms`,
    );
    const grown = (await seriesOf(target)).length - series;
    assert.ok(grown <= mostNewSeries, `${grown} more series`);
    const logged = target.program.written() - log;
    assert.ok(logged <= mostLogBytes, `${logged} bytes of log`);
  },
}));

const byImpostors: readonly Attack<HttpTarget>[] = impostors.map(({ name, answer, isPlan }) => ({
  name: `a coordinator that answers ${name}`,
  async attack(target: HttpTarget) {
    const { program } = target;
    coordinator.play(answer(coordinator, peers.port));
    await eventually('it asks', () => coordinator.asked() > 0);
    // A plan that it takes is followed for a while; anything else is over when it has been read or given up.
    if (isPlan === true) await sleep(exposureMs);
    else await within(2_500, () => coordinator.finished() >= 1 || program.ending() !== null);
    assert.ok(coordinator.asked() <= mostAsked, `it asks ${coordinator.asked()} times`);
    if (program.ending() === null) await seriesOf(target);
    const strayed = coordinator.strayed();
    if (program.ending() === null) await coordinator.beHonest();
    assert.equal(strayed, 0, 'it goes nowhere but to servers');
  },
}));

/** An agent of its own, whose coordinator is away. */
const byPlanFile = (name: string, write: (file: string) => Promise<void>): Attack<HttpTarget> => ({
  name: `a plan file ${name}`,
  async attack(_, scene) {
    const folder = await mkdtemp(join(tmpdir(), 'netdebug-attack-'));
    scene.onEnd(() => rm(folder, { recursive: true, force: true }));
    const file = join(folder, 'plan.json');
    await write(file);
    coordinator.play((response) => response.destroy());
    const { program } = await startAgent(`http://127.0.0.1:${await unusedPort()}`, peers.port, file);
    scene.onEnd(() => program.kill());
    await sleep(exposureMs);
    const [strayed, peak] = [coordinator.strayed(), program.peakBytes() ?? Number.POSITIVE_INFINITY];
    await coordinator.beHonest();
    assert.equal(program.ending(), null);
    assert.ok(peak <= program.limitBytes, `it takes ${mib(peak)} of ${mib(program.limitBytes)}`);
    assert.equal(strayed, 0, 'it goes nowhere but to servers');
    assert.equal(program.rawControls(), 0, 'its log has no control characters');
    assert.equal(await program.terminate(), 0);
  },
});

const stray = (at: number) => async (file: string) => {
  const { address = '', port = 0 } = coordinator.forbidden[at] ?? {};
  const one = {
    node: 'node-3',
    zone: '',
    class: 'cross-zone',
    path: 'pod-ip',
    address,
    port,
    connections: 1,
  } as const;
  await writeFile(file, JSON.stringify(planOf([one], 'from-file')));
};

const byFiles = [
  byPlanFile('with a port that is no server’s', stray(0)),
  byPlanFile('with an address that is no server’s', stray(1)),
  byPlanFile('of 700 MB', async (file) => {
    await writeFile(file, '');
    // Sparse: nothing is written.
    await truncate(file, 700_000_000);
  }),
  byPlanFile('that is no JSON', (file) => writeFile(file, '\x1b[2J')),
];

attackGroup('the mesh agent', {
  async prepare() {
    peers = await startPeers();
    coordinator = await startHonestCoordinator(peers.port);
    return async () => {
      await coordinator.close();
      await peers.close();
    };
  },
  async start() {
    coordinator.forget();
    const target = await startAgent(coordinator.url, peers.port);
    await coordinator.beHonest();
    return target;
  },
  attacks: [...byPeers, ...byImpostors, ...byFiles, ...httpAttacks],
  works: probed,
});
