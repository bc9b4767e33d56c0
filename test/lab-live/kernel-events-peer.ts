// One end of connections in a namespace, told what to do by lines of its stdin; says a word when it is ready.
//   kernel-events-peer.ts client                 `ADDRESS PORT`: connects and sends a byte; `again`: sends one more on each
//   kernel-events-peer.ts server ADDRESS PORT    accepts, saying a word each time, and reads nothing; `close`: closes what it has accepted
import { connect, createServer, type Socket } from 'node:net';
import { splitLines } from '../../src/system/split-lines.ts';

const [role, address, port] = process.argv.slice(2);
const sockets: Socket[] = [];

function hold(socket: Socket): void {
  socket.on('error', () => undefined);
  sockets.push(socket);
}

function obey(line: string): void {
  if (line === 'close') for (const socket of sockets) socket.destroy();
  else if (line === 'again') for (const socket of sockets) socket.write('y');
  else {
    const [host, to] = line.split(' ');
    const socket = connect(Number(to), host);
    hold(socket);
    socket.on('connect', () => socket.write('x'));
  }
}

process.stdin.on('data', splitLines(obey));
if (role === 'server') {
  const server = createServer({ pauseOnConnect: true }, (socket) => {
    hold(socket);
    process.stdout.write('accepted\n');
  });
  server.listen(Number(port), address, () => process.stdout.write('ready\n'));
} else process.stdout.write('ready\n');
