// Servers that an agent, or a client, ought never to have been sent to; each is played on every connection.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Socket } from 'node:net';
import type { Serve } from './honest-peers.ts';

export interface HostilePeer {
  readonly name: string;
  readonly serve: Serve;
}

const megabyte = Buffer.alloc(1_000_000, 'x');

/** Says it on each question. */
const answers =
  (text: string | Uint8Array): Serve =>
  (socket) =>
    socket.on('data', () => socket.write(text));

/** Says it unasked, and then answers as it ought to. */
const greets =
  (text: () => string | Uint8Array): Serve =>
  (socket) => {
    socket.write(text());
    socket.on('data', (chunk: Buffer) => socket.write(Buffer.concat([Buffer.from('You said: '), chunk])));
  };

/** Writes for as long as the other side takes it. */
function writeOn(socket: Socket, piece: () => string | Uint8Array): void {
  socket.resume();
  const more = () => {
    for (let pieces = 0; pieces < 64; pieces++) {
      if (socket.destroyed || !socket.write(piece())) return;
    }
    setImmediate(more);
  };
  socket.on('drain', more);
  more();
}

async function trickle(socket: Socket, text: string): Promise<void> {
  for (const character of text) {
    if (socket.destroyed) return;
    socket.write(character);
    await sleep(20);
  }
}

let names = 0;

export const hostilePeers: readonly HostilePeer[] = [
  { name: 'accepts and closes at once', serve: (socket) => socket.end() },
  { name: 'accepts and resets at once', serve: (socket) => socket.resetAndDestroy() },
  {
    name: 'closes after the first answer',
    serve: (socket) => socket.on('data', () => socket.end('You said: Soy todo oídos!\n')),
  },
  { name: 'never answers', serve: (socket) => socket.resume() },
  { name: 'never reads', serve: (socket) => socket.pause() },
  { name: 'greets with a megabyte and no line break', serve: greets(() => megabyte) },
  { name: 'writes without end and without a line break', serve: (socket) => writeOn(socket, () => megabyte) },
  {
    name: 'writes empty lines without end',
    serve: (socket) => writeOn(socket, () => Buffer.alloc(65_536, '\n')),
  },
  {
    name: 'says where it is without end, each time another place',
    serve: (socket) => writeOn(socket, () => `Server says: node random-${names++}\n`.repeat(1_000)),
  },
  {
    name: 'says another name on each connection, answers once and closes',
    serve(socket) {
      socket.write(`Server says: node random-${names++}\n`);
      socket.on('data', () => socket.end('You said: Soy todo oídos!\n'));
    },
  },
  {
    name: 'says a name of Object on each connection',
    serve: greets(() => `Server says: node ${['constructor', 'toString', 'valueOf'][names++ % 3] ?? ''}\n`),
  },
  {
    name: 'says the longest name that goes into a line',
    serve: greets(() => `Server says: node ${'n'.repeat(65_000)}\n`),
  },
  {
    name: 'says that it is leaving, again and again',
    serve: greets(() => 'Server says: leaving\n'.repeat(10_000)),
  },
  {
    name: 'greets with escape sequences',
    serve: greets(() => 'Server says: \x1b]0;owned\x07\x1b[2J\x1b[31m\n'),
  },
  { name: 'answers with escape sequences', serve: answers('\x1b]0;owned\x07\x1b[2J\x9b31m\x7f\n') },
  { name: 'answers with NUL bytes', serve: answers('\0\0\0\n') },
  {
    name: 'answers with what is no UTF-8',
    serve: answers(Buffer.from([0xff, 0xc0, 0x80, 0xed, 0xa0, 0x80, 0x0a])),
  },
  { name: 'answers something else', serve: answers('You said: something else\n') },
  { name: 'answers three times', serve: answers('You said: Soy todo oídos!\n'.repeat(3)) },
  {
    name: 'answers too late',
    serve: (socket) =>
      socket.on('data', () => setTimeout(() => socket.write('You said: Soy todo oídos!\n'), 400).unref()),
  },
  {
    name: 'answers byte by byte',
    serve: (socket) => socket.on('data', () => void trickle(socket, 'You said: Soy todo oídos!\n')),
  },
];
