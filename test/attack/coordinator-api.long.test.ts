// The mesh's coordinator under attack by its Kubernetes API.
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { attackGroup, type Attack } from './attack-group.ts';
import { startClusterApi, type ClusterApi } from './cluster-api.ts';
import { hostileApis } from './hostile-apis.ts';
import type { HttpTarget } from './programs.ts';
import { givesPlan, readyCoordinator } from './ready-coordinator.ts';
import { eventually, within } from './scene.ts';

const exposureMs = 500;
/** Two kinds, each a list and a watch, and some pauses between: what is asked at once without end is hundreds. */
const mostAsked = 20;
const mostLogBytes = 100_000;
const smallCluster = 3;
const longestReadMs = 3_000;

interface OwnApi extends HttpTarget {
  readonly api: ClusterApi;
}

const attacks: readonly Attack<OwnApi>[] = hostileApis.map(
  ({ name, answer, mostAsked: most = mostAsked }) => ({
    name: `an API ${name}`,
    async attack({ program, api }: OwnApi, scene) {
      scene.onEnd(() => (program.ending() === null ? api.beHonest() : undefined));
      const log = program.written();
      api.play(answer);
      await eventually('it asks', () => api.asked() > 0);
      await sleep(exposureMs);
      // What is large is read for longer; two kinds are listed.
      await within(longestReadMs, () => api.served() >= 2 || program.ending() !== null);
      assert.ok(api.asked() <= most, `it asks ${api.asked()} times`);
      const logged = program.written() - log;
      assert.ok(logged <= mostLogBytes, `${logged} bytes of log`);
    },
  }),
);

const apis: ClusterApi[] = [];

attackGroup('the mesh coordinator and its API', {
  prepare: () => Promise.resolve(() => Promise.all(apis.map((api) => api.close()))),
  async start() {
    const api = await startClusterApi(smallCluster);
    apis.push(api);
    return { ...(await readyCoordinator(api.url)), api };
  },
  attacks,
  works: givesPlan,
  atOnce: 3,
});
