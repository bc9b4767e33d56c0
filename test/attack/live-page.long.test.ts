// The live page under attack by whoever on this machine knows its port, and by whoever knows its address.
import assert from 'node:assert/strict';
import { attackGroup, type Attack } from './attack-group.ts';
import { httpAttacks } from './http-attacks.ts';
import { startLivePage, type LivePageTarget } from './programs.ts';
import { answerOn, openScene, send, untilStill, type Scene } from './scene.ts';

async function ask(
  { http, host }: LivePageTarget,
  scene: Scene,
  path: string,
  headers: readonly string[] = [],
): Promise<string> {
  const socket = await scene.dial(http);
  const lines = [`GET ${path} HTTP/1.1`, `Host: ${host}`, ...headers, '', ''];
  await send(socket, lines.join('\r\n'));
  return await answerOn(socket);
}

/** The page is drawn, and a stream is opened. */
async function opens(target: LivePageTarget): Promise<void> {
  const scene = openScene();
  const { pathname } = new URL(target.url);
  for (const path of [pathname, `${pathname}events`]) {
    assert.match(await ask(target, scene, path), /^HTTP\/1\.1 200 /, path);
  }
  await scene.end();
}

const attacks: readonly Attack<LivePageTarget>[] = [
  ...[
    'Origin: http://evil.example',
    'Origin: null',
    'Sec-Fetch-Site: cross-site',
    'Sec-Fetch-Site: same-site',
  ].map((header) => ({
    name: `60 streams for another page (${header})`,
    async attack(target: LivePageTarget, scene: Scene) {
      const { pathname } = new URL(target.url);
      for (let count = 0; count < 60; count++) {
        const answer = await ask(target, scene, `${pathname}events`, [header]);
        assert.doesNotMatch(answer, /^HTTP\/1\.1 200 /);
      }
      await opens(target);
    },
  })),
  {
    name: '60 streams for a name that was made to lead here',
    async attack(target, scene) {
      for (let count = 0; count < 60; count++) {
        const answer = await ask({ ...target, host: 'evil.example' }, scene, new URL(target.url).pathname);
        assert.match(answer, /^HTTP\/1\.1 403 /);
      }
      await opens(target);
    },
  },
  {
    name: '60 streams of somebody who knows only the port',
    async attack(target, scene) {
      for (let count = 0; count < 60; count++) {
        assert.doesNotMatch(await ask(target, scene, '/events'), /^HTTP\/1\.1 200 /);
      }
      await opens(target);
    },
  },
  {
    name: '300 streams that nobody reads, and then one more',
    async attack(target, scene) {
      const { pathname } = new URL(target.url);
      const sockets = await scene.dialMany(target.http, 300);
      const text = `GET ${pathname}events HTTP/1.1\r\nHost: ${target.host}\r\n\r\n`;
      await Promise.all(sockets.map((socket) => send(socket, text)));
      await untilStill(sockets);
      await opens(target);
    },
  },
];

/** It has no /healthz: that it is well shows in that it opens, with the attackers still there. */
const thenOpens = ({ name, attack }: Attack<LivePageTarget>): Attack<LivePageTarget> => ({
  name,
  async attack(target, scene) {
    await attack(target, scene);
    if (target.program.ending() === null) await opens(target);
  },
});

attackGroup('the live page', {
  start: startLivePage,
  attacks: [...attacks, ...httpAttacks].map(thenOpens),
  works: opens,
});
