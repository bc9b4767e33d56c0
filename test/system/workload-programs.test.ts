import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { processTree, signalTree } from '../../src/system/process-tree.ts';
import { parseTcpTable, tcpSocketsOf } from '../../src/system/tcp-table.ts';
import {
  aptWithoutServices,
  installProgramsCommand,
  packagesOf,
} from '../../src/system/workload-programs.ts';

describe('installing the programs of workloads', () => {
  it('names each package once, and installs them under a policy that lets no service start', () => {
    assert.deepEqual(packagesOf(['postgres', 'initdb', 'redis-server'], 'apt-get'), [
      'postgresql',
      'redis-server',
    ]);
    const command = installProgramsCommand(['nginx'], 'apt-get', { root: false });
    assert.match(
      command,
      /^sudo sh -c '.*policy-rc\.d.*apt-get install -y --no-install-recommends nginx; \}'$/,
    );
    assert.equal(installProgramsCommand(['socat'], 'apk', { root: true }), 'apk add socat');
  });

  for (const there of [false, true]) {
    it(there ? 'leaves a policy that is there alone' : 'takes the policy away again', async (t) => {
      const folder = await mkdtemp(join(tmpdir(), 'netdebug-test-'));
      t.after(() => rm(folder, { recursive: true, force: true }));
      const policy = join(folder, 'policy-rc.d');
      if (there) await writeFile(policy, 'its owner’s');
      // Stands for apt-get, and notes what the policy says while packages are installed.
      await writeFile(
        join(folder, 'apt-get'),
        `#!/bin/sh\n[ "$1" = update ] || cat "${policy}" > "${folder}/seen"\n`,
      );
      await chmod(join(folder, 'apt-get'), 0o755);
      const script = aptWithoutServices(['nginx']).replace('/usr/sbin/policy-rc.d', policy);
      const { status, stderr } = spawnSync('sh', ['-c', script], {
        env: { PATH: `${folder}:/usr/bin:/bin` },
        encoding: 'utf8',
      });
      assert.equal(status, 0, stderr);
      const seen = await readFile(join(folder, 'seen'), 'utf8');
      assert.equal(seen, there ? 'its owner’s' : '#!/bin/sh\nexit 101\n');
      const left = await readFile(policy, 'utf8').catch(() => null);
      assert.equal(left, there ? 'its owner’s' : null);
    });
  }
});

describe('a process and what it started', () => {
  it('is found, and ends as a whole', async () => {
    const child = spawn('sh', ['-c', 'sleep 60 & sleep 60 & echo ready; wait'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const pid = child.pid ?? -1;
    await once(child.stdout, 'data');
    const tree = processTree(pid);
    assert.equal(tree.length, 3);
    assert.equal(tree[0], pid);
    const closed = once(child, 'close');
    signalTree(pid, 'SIGKILL');
    // The pipe closes when the last of them is gone.
    await closed;
  });
});

describe('the kernel’s table of TCP sockets', () => {
  it('shows who listens and who is connected', async (t) => {
    const server = createServer().listen(0, '127.0.0.1');
    t.after(() => server.close());
    await once(server, 'listening');
    const address = server.address();
    assert.ok(address !== null && typeof address === 'object');
    const own = tcpSocketsOf(process.pid).filter(({ localPort }) => localPort === address.port);
    assert.deepEqual(own, [{ localPort: address.port, remotePort: 0, state: 'listening' }]);
  });

  it('is read in both families, and lines that are none are passed over', () => {
    const text = [
      '  sl  local_address rem_address   st tx_queue rx_queue',
      '   0: 0100007F:1F90 0200007F:8000 01 00000000:00000000 00:00000000 00000000     0        0 1 1 0 20 4 30 10 -1',
      '   1: 00000000000000000000000000000000:0050 00000000000000000000000000000000:0000 0A 00000000:00000000 00:0 0',
      '   2: 0100007F:1F90 0200007F:8001 06 00000000:00000000 00:00000000 00000000     0        0 1 1 0 20 4 30 10 -1',
    ].join('\n');
    assert.deepEqual(parseTcpTable(text), [
      { localPort: 8080, remotePort: 32_768, state: 'established' },
      { localPort: 80, remotePort: 0, state: 'listening' },
      { localPort: 8080, remotePort: 32_769, state: 'other' },
    ]);
  });
});
