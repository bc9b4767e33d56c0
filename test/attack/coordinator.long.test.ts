// The mesh's coordinator of a large cluster under attack by whoever reaches its port.
import { attackGroup, type Attack } from './attack-group.ts';
import { startClusterApi, type ClusterApi } from './cluster-api.ts';
import { httpAttacks } from './http-attacks.ts';
import { ownNode, type HttpTarget } from './programs.ts';
import { givesPlan, readyCoordinator } from './ready-coordinator.ts';
import { send, untilStill, within } from './scene.ts';

const manyNodes = 5_000;
let api: ClusterApi;

const askers: readonly Attack<HttpTarget>[] = [
  {
    name: '3,000 agents of one node that wait for news',
    async attack({ http, host }, scene) {
      const ask = (more = '') => `GET /v1/plan/${ownNode}?wait=60s HTTP/1.1\r\nHost: ${host}\r\n${more}\r\n`;
      const first = await scene.dial(http);
      let text = '';
      first.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
      await send(first, ask());
      await within(2_000, () => /etag: (\S+)/i.test(text));
      const etag = /etag: (\S+)/i.exec(text)?.[1] ?? '"none"';
      const sockets = await scene.dialMany(http, 3_000);
      await Promise.all(sockets.map((socket) => send(socket, ask(`If-None-Match: ${etag}\r\n`))));
      await untilStill(sockets);
    },
  },
  {
    name: '10,000 nodes that there are not',
    async attack({ http, host }, scene) {
      const socket = await scene.dial(http);
      socket.resume();
      const asks = Array.from(
        { length: 10_000 },
        (_, at) =>
          `GET /v1/${at % 2 === 0 ? 'plan' : 'nodes'}/nowhere-${at} HTTP/1.1\r\nHost: ${host}\r\n\r\n`,
      );
      await send(socket, asks.join(''), 5_000);
      await untilStill([socket]);
    },
  },
  {
    name: 'one of every node that is no agent',
    async attack({ http, host }, scene) {
      const socket = await scene.dial(http);
      socket.resume();
      const asks = Array.from(
        { length: manyNodes },
        (_, at) => `GET /v1/plan/node-${at + 1} HTTP/1.1\r\nHost: ${host}\r\n\r\n`,
      );
      await send(socket, asks.join(''), 5_000);
      await untilStill([socket]);
    },
  },
];

attackGroup(`the mesh coordinator of ${manyNodes} nodes`, {
  async prepare() {
    api = await startClusterApi(manyNodes);
    return () => api.close();
  },
  start: () => readyCoordinator(api.url),
  attacks: [...askers, ...httpAttacks],
  works: givesPlan,
});
