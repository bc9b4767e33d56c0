// All agents of a large cluster in one process, as far as the coordinator sees them: each asks for its plan and waits for another one.
//   node polling-agents.ts PORT NODES     says to its parent when all wait
import { connect } from 'node:net';
import { meshNode } from '../scale/cluster.ts';

const [port = 0, size = 0] = process.argv.slice(2).map(Number);
/** So many ask at a time before they wait. */
const together = 50;

function ask(number: number): Promise<void> {
  const { name } = meshNode(number);
  const socket = connect(port, '127.0.0.1');
  const question = (wait: string, etag: string) =>
    `GET /v1/plan/${name}?wait=${wait} HTTP/1.1\r\nhost: c\r\nif-none-match: ${etag}\r\n\r\n`;
  socket.write(question('0s', '""'));
  return new Promise((resolve, reject) => {
    let answer = '';
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1');
      const etag = /^etag: (".*")\r$/m.exec(answer)?.[1];
      const length = Number(/^content-length: ([0-9]+)\r$/im.exec(answer)?.[1] ?? '0');
      const chunked = answer.endsWith('0\r\n\r\n');
      const whole =
        /^HTTP\/1.1 304/.test(answer) || chunked || answer.length >= answer.indexOf('\r\n\r\n') + 4 + length;
      if (etag === undefined || !whole) return;
      answer = '';
      socket.write(question('60s', etag));
      resolve();
    });
    socket.once('error', reject);
    socket.once('close', () => reject(new Error('the coordinator closed the connection')));
  });
}

let next = 0;
const lane = async () => {
  while (next < size) await ask(next++);
};
await Promise.all(Array.from({ length: together }, lane));
process.send?.('all wait');
process.once('disconnect', () => process.exit());
