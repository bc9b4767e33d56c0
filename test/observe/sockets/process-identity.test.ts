import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { commandName, identityOf } from '../../../src/observe/sockets/process-identity.ts';

describe('the name of a process', () => {
  const cases: readonly (readonly [
    what: string,
    comm: string,
    executable: string | undefined,
    name: string | null,
  ])[] = [
    ['is what it goes by', 'redis-server', 'redis-server', 'redis-server'],
    ["is a script's, not its interpreter's", 'gunicorn', 'python3.11', 'gunicorn'],
    ["is an applet's", 'nc', 'busybox', 'nc'],
    ['is whole where the kernel cut it off', 'systemd-resolve', 'systemd-resolved', 'systemd-resolved'],
    ["is the executable's where a runtime named its thread", 'MainThread', 'node', 'node'],
    ['is there without the right to see the executable', 'nginx', undefined, 'nginx'],
    ['is unknown where nothing tells it', '', undefined, null],
  ];
  for (const [what, comm, executable, name] of cases)
    it(what, () => assert.equal(commandName(comm, executable), name));

  it(
    'has no argument in it but where they are asked for',
    { skip: process.platform !== 'linux' && 'needs Linux' },
    async () => {
      const child = spawn('sleep', ['61.2345678', '0']);
      await once(child, 'spawn');
      try {
        const identity = identityOf(`/proc/${String(child.pid)}`);
        assert.equal(identity?.command, 'sleep');
        assert.doesNotMatch(JSON.stringify(identity), /61\.2345678/);
        assert.deepEqual(identityOf(`/proc/${String(child.pid)}`, true)?.arguments, [
          'sleep',
          '61.2345678',
          '0',
        ]);
      } finally {
        child.kill('SIGKILL');
        await once(child, 'close');
      }
      assert.equal(identityOf(`/proc/${String(child.pid)}`), undefined);
    },
  );
});
