// The coordinator as its pod starts it: the kubelet's environment, and the service account's files where it puts them.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { makePod } from '../../bench/coordinator/in-pod.ts';
import { until } from '../probe/recording.ts';
import { mainScript } from '../program.ts';
import { certificate, json, listOf, scriptedApi } from './scripted-api.ts';

const user = process.getuid?.() === 0 ? [] : ['--user', '--map-root-user'];
const skip =
  spawnSync('unshare', [...user, '--mount', 'true']).status === 0 ? false : 'namespaces cannot be made here';

test(
  'in a pod the coordinator plans with its service account, and asks for nothing else',
  { skip },
  async (t) => {
    const asked = new Set<string>();
    const api = await scriptedApi(
      t,
      [
        (response, url, request) => {
          asked.add(`${request.headers.authorization ?? ''} ${url.pathname}`);
          if (url.searchParams.has('watch')) response.flushHeaders();
          else if (url.pathname.endsWith('/nodes')) listOf(['a', 'b'])(response, url, request);
          else json(200, { metadata: { resourceVersion: '1' }, items: [] })(response, url, request);
        },
      ],
      { secure: true },
    );
    const pod = makePod('token-of-the-pod', certificate('ca.pem'), api.port);
    const [file = '', ...words] = pod.inside([
      ...[process.execPath, mainScript, 'mesh', 'coordinator', '--listen', '127.0.0.1:0'],
    ]);
    const child = spawn(file, words, {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, ...pod.environment },
    });
    t.after(async () => {
      child.kill('SIGKILL');
      await once(child, 'close');
      pod.remove();
    });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
    await until('there is a plan', () => said.includes('Planned') || child.exitCode !== null);
    assert.match(said, new RegExp(`follows https://127\\.0\\.0\\.1:${api.port}\\.\n`));
    assert.match(said, /Planned 0 nodes; 2 are left out \(a target-deleted, b target-deleted\)\./);
    assert.deepEqual([...asked].toSorted(), [
      'Bearer token-of-the-pod /api/v1/nodes',
      'Bearer token-of-the-pod /apis/discovery.k8s.io/v1/namespaces/netdebug-mesh/endpointslices',
    ]);
  },
);
