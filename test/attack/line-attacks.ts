// Attacks on what answers lines: the probe's server, and the mesh's.
import { randomBytes } from 'node:crypto';
import type { Attack } from './attack-group.ts';
import type { LineTarget } from './programs.ts';
import { answerOn, send, untilStill, within, type Scene } from './scene.ts';

const kilobytes = (count: number) => Buffer.alloc(count * 1_000, 'x');

/** Each of so many peers sends the same and reads nothing. */
async function crowd({ port }: LineTarget, scene: Scene, count: number, data: Uint8Array): Promise<void> {
  const sockets = await scene.dialMany(port, count);
  await Promise.all(sockets.map((socket) => send(socket, data, 3_000)));
  await untilStill(sockets);
}

/** One peer sends it and reads what comes. */
const says = (name: string, data: string | Uint8Array): Attack<LineTarget> => ({
  name,
  async attack({ port }, scene) {
    const socket = await scene.dial(port);
    await send(socket, data);
    await answerOn(socket);
    socket.resetAndDestroy();
  },
});

export const lineAttacks: readonly Attack<LineTarget>[] = [
  says('escape sequences in a line', '\x1b]0;owned\x07\x1b[2J\x1b[31mred\n\x1b[6n'),
  says('NUL bytes', '\0\0\0\n\0'),
  says('bytes that are no UTF-8', Buffer.from([0xff, 0xfe, 0xc0, 0x80, 0x0a, 0xed, 0xa0, 0x80, 0x0a])),
  says('a megabyte of noise', randomBytes(2 ** 20)),
  says('a request of HTTP', 'GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n'),
  says('a TLS handshake', Buffer.from('16030100ff010000fb0303', 'hex')),
  says('a line that pretends to be an announcement', 'Server says: leaving\nServer says: node a\n'),
  says('100 MB without a line break', Buffer.alloc(100_000_000, 'x')),
  {
    name: '3,000 peers with 60 kB each and no line break',
    attack: (target, scene) => crowd(target, scene, 3_000, kilobytes(60)),
  },
  {
    name: '300 peers with a megabyte of lines each who do not read the answers',
    attack: (target, scene) => crowd(target, scene, 300, Buffer.alloc(1_000_000, `${'x'.repeat(99)}\n`)),
  },
  {
    name: '300 peers with 200,000 empty lines each, ten times as long when answered, who do not read',
    attack: (target, scene) => crowd(target, scene, 300, Buffer.alloc(200_000, '\n')),
  },
  {
    name: '500 peers with a line of the longest length each who do not read the answer',
    attack: (target, scene) => crowd(target, scene, 500, Buffer.concat([kilobytes(65), Buffer.from('\n')])),
  },
  {
    name: '500 peers who send their line byte by byte',
    async attack({ port }, scene) {
      const sockets = await scene.dialMany(port, 500);
      for (let at = 0; at < 20; at++) {
        await Promise.all(sockets.map((socket) => send(socket, 'x')));
        await within(50, () => false);
      }
    },
  },
  {
    name: '3,000 connections that say nothing',
    attack: ({ port }, scene) => scene.dialMany(port, 3_000),
  },
  {
    name: '1,000 peers who close their half in the middle of a line',
    async attack({ port }, scene) {
      for (const socket of await scene.dialMany(port, 1_000)) socket.end('half');
    },
  },
  {
    name: '3,000 connections, each reset in the middle of a line',
    async attack({ port }, scene) {
      for (let round = 0; round < 15; round++) {
        const sockets = await scene.dialMany(port, 200);
        await Promise.all(sockets.map((socket) => send(socket, 'half')));
        for (const socket of sockets) socket.resetAndDestroy();
      }
    },
  },
];

/** Asks as a client does and reads the answer, behind whatever is said unasked. */
export async function answersProbes({ port }: LineTarget, scene: Scene): Promise<void> {
  const socket = await scene.dial(port);
  let text = '';
  socket.on('data', (chunk: Buffer) => (text += chunk.toString('utf8')));
  await send(socket, 'still there?\n');
  if (!(await within(5_000, () => text.includes('You said: still there?\n'))))
    throw new Error(`a probe is not answered: ${text}`);
  socket.destroy();
}
