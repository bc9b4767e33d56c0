// Whose a listening socket is, and what became of that process.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { findOwners, whatBecameOf, type Owner } from '../../src/observe/listener-owners.ts';
import { listeningPorts } from '../../src/observe/listening-ports.ts';

const skip = process.platform !== 'linux' && 'needs /proc';

describe('the owner of a listening socket', { skip }, () => {
  it('is this very process for a listener of its own, and lives on when that is closed', async (t) => {
    const listener = createServer().listen(0, '127.0.0.1');
    await once(listener, 'listening');
    t.after(() => listener.close());
    const owners = ownersOf((listener.address() as AddressInfo).port);
    assert.deepEqual(
      owners.map(({ pid }) => pid),
      [String(process.pid)],
    );
    listener.close();
    await once(listener, 'close');
    assert.equal(whatBecameOf(owners), 'lives');
  });

  it('has ended when it was killed, and is not taken for another process of the same number', async (t) => {
    const program =
      "require('net').createServer().listen(0, '127.0.0.1', function () { console.log(this.address().port) })";
    const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
    t.after(() => child.kill('SIGKILL'));
    const [text] = (await once(child.stdout, 'data')) as [Buffer];
    const owners = ownersOf(Number(text.toString()));
    assert.deepEqual(
      owners.map(({ pid }) => pid),
      [String(child.pid)],
    );
    assert.equal(whatBecameOf(owners), 'lives');
    assert.equal(whatBecameOf(owners.map((one) => ({ ...one, startedAt: '1' }))), 'ended');
    child.kill('SIGKILL');
    await once(child, 'exit');
    assert.equal(whatBecameOf(owners), 'ended');
  });

  it('is not known of a socket that nobody has', () => {
    assert.equal(findOwners(new Set(['4294967295']), '/proc/self').size, 0);
    assert.equal(whatBecameOf([]), undefined);
  });
});

function ownersOf(port: number): readonly Owner[] {
  const inodes = listeningPorts('/proc/self').get(port) ?? new Set();
  return [...findOwners(inodes, '/proc/self').values()].flat();
}
