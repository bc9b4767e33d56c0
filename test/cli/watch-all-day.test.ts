// `netdebug watch --metrics` and `--events` before anything is watched.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { test } from 'node:test';
import { mainScript } from '../program.ts';

const nowhere = { KUBECONFIG: '/nonexistent/config', KUBERNETES_SERVICE_HOST: '' };
const watch = (...args: string[]) =>
  spawnSync(process.execPath, [mainScript, 'watch', ...args], {
    ...{ encoding: 'utf8', env: { ...process.env, ...nowhere } },
  });

test('an address that is none, and what is for a watch that is started, are refused', () => {
  const wrong = watch('--metrics', '9466');
  assert.equal(wrong.status, 64);
  assert.match(
    wrong.stderr,
    /^netdebug: --metrics: "9466" is no address; write it like :9464 or 10\.0\.0\.7:9464/,
  );
  for (const flags of [['--metrics', ':9466'], ['--events']]) {
    const past = watch('--since', '5m', ...flags);
    assert.equal(past.status, 64);
    assert.match(past.stderr, new RegExp(`--since asks a watch that runs already; ${flags[0] ?? ''} is for`));
  }
  const silent = watch('--since', '5m', '-o', 'none');
  assert.equal(silent.status, 64);
  assert.match(silent.stderr, /--since prints what was lost: choose another --output/);
});

test('--events where no API can be asked is said at once', () => {
  const { status, stderr } = watch('--events', '--duration', '1s');
  assert.equal(status, 69, stderr);
  assert.equal(
    stderr,
    'netdebug: --events asks the Kubernetes API, and there is no kubeconfig to ask the API with.\n',
  );
});

test('a port that is taken is said at once, by the option that named it', async (t) => {
  const other = createServer().listen(0, '127.0.0.1');
  t.after(() => other.close());
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  const { status, stderr } = watch('--metrics', `127.0.0.1:${port}`, '--duration', '1s');
  assert.equal(status, 69, stderr);
  assert.match(
    stderr,
    new RegExp(`^netdebug: Port ${port} is taken; .* choose another with --metrics\\.\n$`),
  );
});
