import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { drained, followListening, startListening } from '../../src/observe/netlink-listening.ts';

describe('the socket of a tool that listens', () => {
  it('is the same one each time, and another one when the tool was started anew', async () => {
    const start = () => startListening(['ip', 'monitor', 'route'], () => undefined);
    const socketOf = followListening();
    const first = await start();
    const found = socketOf(first.pid);
    assert.ok(found !== undefined);
    assert.equal(socketOf(first.pid)?.inode, found.inode);
    const second = await start();
    const other = socketOf(second.pid);
    assert.notEqual(other?.inode, found.inode);
    assert.equal((await drained(second))?.inode, other?.inode);
    await Promise.all([first.stop(), second.stop()]);
    assert.equal(socketOf(first.pid), undefined);
    assert.equal(socketOf(second.pid), undefined);
  });
});
