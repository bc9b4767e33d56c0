import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { describe, it } from 'node:test';
import { listeningPorts, parseListening } from '../../src/observe/listening-ports.ts';
import { recordedText } from './recorded.ts';

describe('the ports that a namespace listens on', () => {
  it('are read from the beginning of the list, which ends where connections begin', () => {
    const recorded = recordedText('tcp6.txt');
    assert.deepEqual(parseListening(recorded), { ports: new Set([8_080]), complete: true });
    const [head = '', listener = ''] = recorded.split('\n');
    assert.deepEqual(parseListening(`${head}\n${listener}\n`), { ports: new Set([8_080]), complete: false });
    assert.deepEqual(parseListening(`${head}\n${listener.slice(0, 60)}`), {
      ports: new Set(),
      complete: false,
    });
    assert.deepEqual(parseListening(''), { ports: new Set(), complete: false });
  });

  it(
    'are those of this very process, too',
    { skip: process.platform !== 'linux' && 'needs /proc' },
    async (t) => {
      const server = createServer().listen(0, '127.0.0.1');
      t.after(() => server.close());
      await new Promise((resolve) => server.once('listening', resolve));
      const address = server.address();
      assert.ok(address !== null && typeof address === 'object');
      assert.ok(listeningPorts('/proc/self').has(address.port));
    },
  );
});
