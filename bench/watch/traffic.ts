// The connections beside which a watcher is measured: two small processes, neither of which is counted.
//   traffic.ts server PORT                     answers a byte `e`, holds one `h` unanswered, and resets whoever sends `r`; each reset is
//                                              told on stdout: the client's port and the monotonic clock in nanoseconds. A line on stdin
//                                              resets all held ones.
//   traffic.ts hold ADDRESS PORT N RATE        holds N connections and exchanges RATE bytes a second over them, in turn
//   traffic.ts wait ADDRESS PORT N             N connections, each with a question that stays unanswered, until they are gone
//   traffic.ts lose ADDRESS PORT RATE N        RATE connections a second that are reset instead of answered, N in all
// Each says `ready` on stdout when its connections are made.
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

const [exchange, hold, reset] = ['e', 'h', 'r'].map((letter) => Buffer.from(letter)) as [
  Buffer,
  Buffer,
  Buffer,
];
const [role = '', ...words] = process.argv.slice(2);
/** Connections that are made at the same time. */
const atOnce = 200;

const say = (line: string) => void process.stdout.write(`${line}\n`);

async function serve(port: number): Promise<void> {
  const held = new Set<Socket>();
  const end = (socket: Socket, told: string[]) => {
    told.push(`reset ${String(socket.remotePort)} ${process.hrtime.bigint()}`);
    socket.resetAndDestroy();
  };
  const server = createServer({ noDelay: true }, (socket) => {
    socket.on('error', () => undefined);
    socket.on('close', () => held.delete(socket));
    socket.on('data', (chunk: Buffer) => {
      const asked = chunk[0];
      if (asked === exchange[0]) socket.write(exchange);
      else if (asked === hold[0]) held.add(socket);
      else {
        const told: string[] = [];
        end(socket, told);
        say(told.join('\n'));
      }
    });
  });
  server.listen({ port, backlog: 16_384 });
  await once(server, 'listening');
  say('ready');
  createInterface({ input: process.stdin }).on('line', () => {
    const told: string[] = [];
    for (const socket of held) end(socket, told);
    say([...told, `reset all ${told.length}`].join('\n'));
  });
}

async function open(host: string, port: number): Promise<Socket> {
  const socket = connect({ host, port, noDelay: true });
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

async function openMany(host: string, port: number, count: number): Promise<Socket[]> {
  const sockets: Socket[] = [];
  while (sockets.length < count) {
    const some = Math.min(atOnce, count - sockets.length);
    sockets.push(...(await Promise.all(Array.from({ length: some }, () => open(host, port)))));
  }
  return sockets;
}

async function exchangeOver(sockets: readonly Socket[], perSecond: number): Promise<never> {
  const everyMs = 10;
  const begun = performance.now();
  for (let sent = 0; ;) {
    const due = ((performance.now() - begun) / 1_000) * perSecond;
    for (; sent < due; sent += 1) sockets[sent % sockets.length]?.write(exchange);
    await sleep(everyMs);
  }
}

/** The question is the second one: the connection has lived. */
async function lose(host: string, port: number): Promise<void> {
  const socket = await open(host, port);
  socket.write(exchange);
  await once(socket, 'data');
  await sleep(100);
  socket.write(reset);
  // A reset is an error, too, which `once` would take for one of ours.
  await new Promise((done) => socket.once('close', done));
}

const [host = ''] = words;
if (role === 'server') await serve(Number(words[0]));
else if (role === 'hold') {
  const sockets = await openMany(host, Number(words[1]), Number(words[2]));
  for (const socket of sockets) socket.resume();
  say('ready');
  if (Number(words[3]) > 0) await exchangeOver(sockets, Number(words[3]));
} else if (role === 'wait') {
  const sockets = await openMany(host, Number(words[1]), Number(words[2]));
  for (const socket of sockets) socket.resume().write(hold);
  await sleep(500);
  say('ready');
} else if (role === 'lose') {
  const [perSecond, count] = [Number(words[2]), Number(words[3])];
  say('ready');
  const begun = performance.now();
  const all: Promise<void>[] = [];
  while (all.length < count) {
    const due = Math.min(count, ((performance.now() - begun) / 1_000) * perSecond);
    for (; all.length < due;) all.push(lose(host, Number(words[1])));
    await sleep(2);
  }
  await Promise.all(all);
  say('done');
} else throw new Error(`no role "${role}"`);
