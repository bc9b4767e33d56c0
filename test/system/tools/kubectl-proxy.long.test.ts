// A `kubectl proxy` that cannot be started again: the coordinator ends, and says why.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { findTool } from '../../../src/system/find-tool.ts';
import { runProgram } from '../../cli/running-program.ts';
import { proxiesOn } from './running-proxies.ts';
import { until } from '../../probe/recording.ts';

const skip = findTool('kubectl') === undefined ? 'kubectl is not installed' : false;

test('a proxy that does not come back ends the coordinator after a few tries', { skip }, async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'netdebug-kubeconfig-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const kubeconfig = join(folder, 'config');
  const config = {
    ...{ apiVersion: 'v1', kind: 'Config', 'current-context': 'c', users: [{ name: 'c', user: {} }] },
    clusters: [{ name: 'c', cluster: { server: 'http://127.0.0.1:1' } }],
    contexts: [{ name: 'c', context: { cluster: 'c', user: 'c' } }],
  };
  await writeFile(kubeconfig, JSON.stringify(config));
  const program = runProgram(
    t,
    ...['mesh', 'coordinator', '--kubeconfig', kubeconfig, '--listen', '127.0.0.1:0'],
  );
  const socketIn = () => /follows (\/.*\/api\.sock)\./.exec(program.stderr())?.[1] ?? '';
  await until('it follows the API', () => socketIn() !== '' || program.child.exitCode !== null);
  const [proxy = ''] = proxiesOn(socketIn());
  // By then it has said more than one line of an API that is not there.
  await until('the API is missed', () => /does not tell us of nodes/.test(program.stderr()));
  await rm(kubeconfig);
  process.kill(Number(proxy), 'SIGKILL');
  assert.equal(await program.exit(), 69);
  assert.match(
    program.stderr(),
    /\nnetdebug: kubectl knows no cluster to talk to; .*no such file or directory/,
  );
  assert.equal([...program.stderr().matchAll(/kubectl proxy ended \(.*\); starting it again/g)].length, 5);
});
