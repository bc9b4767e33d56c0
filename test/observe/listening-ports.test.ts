import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { listenerChanges, listeningPorts, parseListening } from '../../src/observe/listening-ports.ts';
import { recordedText } from './recorded.ts';

describe('the ports that a namespace listens on', () => {
  it('are read from the beginning of the list, which ends where connections begin', () => {
    const recorded = recordedText('tcp6.txt');
    const ports = new Map([[8_080, new Set(['441508'])]]);
    assert.deepEqual(parseListening(recorded), { ports, complete: true });
    const [head = '', listener = ''] = recorded.split('\n');
    assert.deepEqual(parseListening(`${head}\n${listener}\n`), { ports, complete: false });
    assert.deepEqual(parseListening(`${head}\n${listener.slice(0, 60)}`), {
      ports: new Map(),
      complete: false,
    });
    assert.deepEqual(parseListening(''), { ports: new Map(), complete: false });
  });

  it(
    'are those of this very process, too, also when one was closed and opened again between two readings',
    { skip: process.platform !== 'linux' && 'needs /proc' },
    async (t) => {
      const listen = async (port: number) => {
        const server = createServer().listen(port, '127.0.0.1');
        await once(server, 'listening');
        t.after(() => server.close());
        return { server, port: (server.address() as AddressInfo).port, read: listeningPorts('/proc/self') };
      };
      const first = await listen(0);
      assert.equal(first.read.get(first.port)?.size, 1);
      first.server.close();
      await once(first.server, 'close');
      const again = await listen(first.port);
      const changes = listenerChanges(first.read, again.read).filter(([, port]) => port === first.port);
      assert.deepEqual(changes, [
        ['closed', first.port],
        ['opened', first.port],
      ]);
    },
  );

  it('were closed in between where another socket listens by now, but not where one of several remains', () => {
    const ports = (...sockets: [port: number, inodes: string[]][]) =>
      new Map(sockets.map(([port, inodes]) => [port, new Set(inodes)]));
    assert.deepEqual(listenerChanges(ports([80, ['1']], [81, ['2']]), ports([80, ['1']])), [['closed', 81]]);
    assert.deepEqual(listenerChanges(ports([80, ['1']]), ports([80, ['3']])), [
      ['closed', 80],
      ['opened', 80],
    ]);
    assert.deepEqual(listenerChanges(ports([80, ['1', '2']]), ports([80, ['2', '3']])), []);
  });
});
