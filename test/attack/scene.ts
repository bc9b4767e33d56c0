// The attackers' side: sockets on loopback that nobody waits for longer than a moment, all of them gone when the scene is over.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Scene {
  /**
   * A connection to 127.0.0.1 that reads nothing before it is told to. Resolves also when it could not be made.
   * @param from Of 127.0.0.0/8; default: 127.0.0.1.
   */
  dial(port: number, from?: string): Promise<Socket>;
  /** So many at once, dealt out over so many addresses. */
  dialMany(port: number, count: number, addresses?: number): Promise<Socket[]>;
  /** Called when the scene is over. */
  onEnd(undo: () => unknown): void;
  end(): Promise<void>;
}

const atOnce = 200;

export function openScene(): Scene {
  const sockets = new Set<Socket>();
  const undoings: (() => unknown)[] = [];

  async function dial(port: number, from = '127.0.0.1'): Promise<Socket> {
    const at = { port, host: '127.0.0.1', localAddress: from };
    const socket = connect({ ...at, allowHalfOpen: true, noDelay: true });
    sockets.add(socket);
    // What becomes of an attacker's connection is the program's to choose.
    socket.on('error', () => undefined);
    socket.once('close', () => sockets.delete(socket));
    await new Promise<void>((resolve) => {
      socket.once('connect', resolve);
      socket.once('close', () => resolve());
    });
    return socket;
  }

  return {
    dial,
    async dialMany(port, count, addresses = 1) {
      const made: Socket[] = [];
      while (made.length < count) {
        const some = Math.min(atOnce, count - made.length);
        const begun = Array.from({ length: some }, (_, at) => {
          return dial(port, `127.0.0.${1 + ((made.length + at) % addresses)}`);
        });
        made.push(...(await Promise.all(begun)));
      }
      return made;
    },
    onEnd: (undo) => void undoings.push(undo),
    async end() {
      const ends = [...sockets].map((socket) => once(socket, 'close'));
      for (const socket of sockets) socket.destroy();
      await Promise.all(ends);
      for (const undo of undoings.splice(0).reverse()) await undo();
    },
  };
}

/** Fails when it does not hold within the time; asks every few milliseconds. */
export async function eventually(
  what: string,
  holds: () => boolean | Promise<boolean>,
  longestMs = 20_000,
): Promise<void> {
  if (!(await within(longestMs, holds))) assert.fail(`not within ${longestMs / 1_000} s: ${what}`);
}

/** Whether it held in time: for what an attacker waits for in vain when the program defends itself. */
export async function within(longestMs: number, holds: () => boolean | Promise<boolean>): Promise<boolean> {
  const endMs = performance.now() + longestMs;
  for (;;) {
    if (await holds()) return true;
    if (performance.now() >= endMs) return false;
    await sleep(10);
  }
}

/** Writes, and waits until that is on its way, the connection is closed, or the time is over: a program may refuse to read. */
export async function send(socket: Socket, data: string | Uint8Array, longestMs = 2_000): Promise<void> {
  if (socket.destroyed || socket.writableEnded) return;
  let over = false;
  const done = () => (over = true);
  socket.once('close', done);
  socket.write(data, done);
  await within(longestMs, () => over);
  socket.off('close', done);
}

/** Writes one piece again and again, up to so many bytes or until the other side hangs up or the time is over. */
export async function pour(
  socket: Socket,
  piece: Uint8Array,
  bytes: number,
  longestMs: number,
): Promise<void> {
  const endMs = performance.now() + longestMs;
  for (let sent = 0; sent < bytes && !socket.destroyed; sent += piece.length) {
    if (performance.now() > endMs) return;
    if (!socket.write(piece)) await drained(socket);
  }
}

/** Also when the other side has hung up, which is its to choose: `once` of node:events would reject with what the socket says of it. */
function drained(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    const over = () => {
      clearTimeout(timer);
      for (const event of ['drain', 'close']) socket.off(event, over);
      resolve();
    };
    const timer = setTimeout(over, 200);
    for (const event of ['drain', 'close']) socket.once(event, over);
  });
}

/** Reads on; resolves with the beginning of the answer, or with what there is when the connection ends or a second has passed. */
export async function answerOn(socket: Socket, longestMs = 1_000): Promise<string> {
  let text = '';
  let over = false;
  socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
  socket.once('end', () => (over = true));
  await within(longestMs, () => text.length > 0 || over || socket.destroyed);
  return text;
}

/** Waits until nothing more reaches the sockets and none is closed any more: the program has done with them what it will. */
export async function untilStill(sockets: readonly Socket[], longestMs = 5_000): Promise<void> {
  const state = () => sockets.reduce((sum, socket) => sum + socket.bytesRead + (socket.destroyed ? 1 : 0), 0);
  let seen = -1;
  await within(longestMs, async () => {
    const before = seen;
    seen = state();
    await sleep(stillMs);
    return before === seen && state() === seen;
  });
}

const stillMs = 100;
