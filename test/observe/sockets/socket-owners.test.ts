import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { once } from 'node:events';
import { readdirSync, readlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { findSocketOwners } from '../../../src/observe/sockets/socket-owners.ts';
import { ownerByCgroup, ownerOf } from '../../../src/observe/sockets/socket-process.ts';
import type { PodNames } from '../../../src/observe/names/pod-names.ts';
import type { ProcessIdentity } from '../../../src/observe/sockets/process-identity.ts';
import { ownerOfCgroup } from '../../../src/observe/sockets/cgroup-path.ts';

/** A folder like /proc: for each process its descriptors. */
async function procWith(
  t: TestContext,
  processes: Readonly<Record<string, readonly string[]>>,
): Promise<string> {
  const proc = await mkdtemp(join(tmpdir(), 'netdebug-proc-'));
  t.after(() => rm(proc, { recursive: true, force: true }));
  for (const [pid, targets] of Object.entries(processes)) {
    await mkdir(join(proc, pid, 'fd'), { recursive: true });
    for (const [number, target] of targets.entries())
      await symlink(target, join(proc, pid, 'fd', String(number)));
  }
  return proc;
}

describe('the owners of sockets', () => {
  it('are all processes that have one open, each once', async (t) => {
    const proc = await procWith(t, {
      7: ['/dev/null', 'socket:[100]', 'pipe:[100]', 'socket:[100]'],
      8: ['socket:[100]', 'socket:[101]', 'anon_inode:[eventpoll]'],
      'not-a-process': ['socket:[102]'],
    });
    const found = await findSocketOwners({ proc });
    assert.deepEqual(Object.fromEntries(found.pids), { 100: ['7', '8'], 101: ['8'] });
    assert.deepEqual([found.refused, found.leftOut], [0, false]);
  });

  it('are not all looked for where there are too many descriptors, and that is said', async (t) => {
    const proc = await procWith(t, { 7: ['socket:[1]', 'socket:[2]', 'socket:[3]'] });
    const found = await findSocketOwners({ proc, most: 2 });
    assert.equal(found.leftOut, true);
    assert.equal(found.pids.size, 2);
  });

  it('are found on this machine', { skip: process.platform !== 'linux' && 'needs Linux' }, async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const accepted = once(server, 'connection') as Promise<[Socket]>;
    const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
    const [socket] = await accepted;
    const own = readdirSync('/proc/self/fd').flatMap((fd) => {
      try {
        return (
          /^socket:\[([0-9]+)\]$/
            .exec(readlinkSync(`/proc/self/fd/${fd}`))
            ?.slice(1, 2)
            .map(Number) ?? []
        );
      } catch {
        return [];
      }
    });
    const { pids } = await findSocketOwners();
    assert.ok(own.length >= 3);
    for (const inode of own) assert.ok(pids.get(inode)?.includes(String(process.pid)), String(inode));
    client.destroy();
    socket.destroy();
    server.close();
  });
});

const id = '7aa84c5e3b1d6f0e9c8b7a695847362514233241506f7e8d9cabb0c1d2e3f405';
const names: PodNames = {
  of: ({ podUid, containerId }) => ({ pod: podUid, container: containerId }),
  learn: () => undefined,
  blindness: () => null,
};

function identify(commands: Readonly<Record<string, string>>, path = `/docker/${id}`) {
  return (pid: string): ProcessIdentity | undefined => {
    const command = commands[pid];
    return command === undefined ? undefined : { command, cgroup: { path, ...ownerOfCgroup(path) } };
  };
}

describe('whose a socket is', () => {
  it('is the one process that has it', () => {
    const { process, cgroup } = ownerOf(['7'], null, names, identify({ 7: 'redis' }));
    assert.deepEqual(process, { pid: 7, command: 'redis', container: id, pod: null });
    assert.equal(cgroup, `/docker/${id}`);
  });

  it('comes with what its process was started with only where that was read', () => {
    const withArguments = (pid: string) => {
      const identity = identify({ 7: 'redis' })(pid);
      return identity === undefined ? undefined : { ...identity, arguments: ['redis', '--requirepass', 'x'] };
    };
    assert.deepEqual(ownerOf(['7'], null, names, withArguments).process?.arguments, [
      'redis',
      '--requirepass',
      'x',
    ]);
    assert.equal(ownerOf(['7'], null, names, identify({ 7: 'redis' })).process?.arguments, undefined);
    // Of several it is nobody's.
    assert.equal(ownerOf(['7', '7'], null, names, withArguments).process?.arguments, undefined);
  });

  it('is what several have in common, because any of them may use it', () => {
    const shared = ownerOf(['7', '8'], null, names, identify({ 7: 'nginx', 8: 'nginx' }));
    assert.deepEqual(shared.process, { pid: null, command: 'nginx', container: id, pod: null });
    const handedOn = ownerOf(['7', '8'], null, names, identify({ 7: 'inetd', 8: 'nc' }, '/'));
    assert.equal(handedOn.process, null);
  });

  it('is the container of its cgroup where no process is left, and nobody without one', () => {
    const left = ownerOf(['7'], `/docker/${id}`, names, identify({}));
    assert.deepEqual(left.process, { pid: null, command: null, container: id, pod: null });
    assert.deepEqual(ownerByCgroup('/system.slice/x.service', names), {
      process: null,
      cgroup: '/system.slice/x.service',
      by: null,
    });
    assert.deepEqual(ownerByCgroup(null, names), { process: null, cgroup: null, by: null });
  });
});
