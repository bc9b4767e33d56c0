// How the API is reached: with a pod's service account over TLS, on IPv6, through a socket, to a URL with a path.
import assert from 'node:assert/strict';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { ApiFailure } from '../../src/kubernetes/api-failure.ts';
import { openKubernetes } from '../../src/kubernetes/api.ts';
import { createTransport, type KubernetesAccess } from '../../src/kubernetes/transport.ts';
import { until } from '../probe/recording.ts';
import { certificate, json, keptNode, listOf, scriptedApi, type Answer } from './scripted-api.ts';

const open = (access: KubernetesAccess) => openKubernetes(access, 'netdebug-mesh', 'servers');

async function accountFolder(t: TestContext, token: string, ca = 'ca.pem'): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'netdebug-account-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  await writeFile(join(folder, 'token'), `${token}\n`);
  await cp(certificate(ca), join(folder, 'ca.crt'));
  return folder;
}

/** Lists for whoever has this token now; 401 for all others. */
const only =
  (token: () => string): Answer =>
  (...args) => {
    const known = args[2].headers.authorization === `Bearer ${token()}`;
    (known ? listOf(['a']) : json(401, { kind: 'Status', code: 401, message: 'Unauthorized' }))(...args);
  };

for (const host of ['127.0.0.1', '::1']) {
  test(`a pod reaches the API at ${host} with its token, and trusts its CA`, async (t) => {
    const api = await scriptedApi(t, [only(() => 'first')], { host, secure: true });
    const folder = await accountFolder(t, 'first');
    const { nodes, server } = open({ from: 'pod', host, port: api.port, folder });
    assert.equal(server, api.url.origin);
    assert.deepEqual((await nodes.list(undefined)).objects, [keptNode('a')]);
  });
}

test('a token that was replaced is used with the next request', async (t) => {
  let token = 'first';
  const api = await scriptedApi(t, [only(() => token)], { secure: true });
  const folder = await accountFolder(t, 'first');
  const { nodes } = open({ from: 'pod', host: '127.0.0.1', port: api.port, folder });
  await nodes.list(undefined);
  token = 'second';
  await writeFile(join(folder, 'token'), 'second\n');
  await nodes.list(undefined);
  assert.equal(api.asked.length, 2, 'nobody was refused');
});

test('a token that is refused is read again, and used if it is another by then; else that is said', async (t) => {
  const folder = await accountFolder(t, 'first');
  const api = await scriptedApi(
    t,
    [
      (...args) => {
        // While the request was on its way the kubelet replaced it.
        void writeFile(join(folder, 'token'), 'second').then(() => only(() => 'second')(...args));
      },
      only(() => 'second'),
      only(() => 'third'),
    ],
    { secure: true },
  );
  const { nodes } = open({ from: 'pod', host: '127.0.0.1', port: api.port, folder });
  assert.deepEqual((await nodes.list(undefined)).objects, [keptNode('a')]);
  assert.equal(api.asked.length, 2);
  await assert.rejects(nodes.list(undefined), (error) => error instanceof ApiFailure && error.status === 401);
  assert.equal(api.asked.length, 3, 'the same token is not tried twice');
});

test('a CA that does not vouch for the API is said, and one that is put right is used', async (t) => {
  const api = await scriptedApi(t, [only(() => 'first')], { secure: true });
  const folder = await accountFolder(t, 'first', 'other-ca.pem');
  const { nodes } = open({ from: 'pod', host: '127.0.0.1', port: api.port, folder });
  await assert.rejects(nodes.list(undefined), {
    name: 'ApiFailure',
    status: 0,
    message:
      /^its certificate is not one that the CA of the pod's service account vouches for: unable to verify the first certificate/,
  });
  assert.equal(api.asked.length, 0, 'no token was sent to it');
  await cp(certificate('ca.pem'), join(folder, 'ca.crt'));
  assert.equal((await nodes.list(undefined)).objects.length, 1);
  await assert.rejects(open({ from: 'url', url: api.url }).nodes.list(undefined), {
    message: /^its certificate is not one that this machine vouches for/,
  });
});

test('a pod without a service account is told so before anything is asked, one that loses it when it asks', async (t) => {
  assert.throws(() => open({ from: 'pod', host: '127.0.0.1', port: 1, folder: '/nowhere' }), {
    name: 'Problem',
    kind: 'missing',
    message:
      /^The pod's service account cannot be read \(ENOENT.*\); set automountServiceAccountToken: true, or/,
  });
  const folder = await accountFolder(t, 'first');
  const { nodes } = open({ from: 'pod', host: '127.0.0.1', port: 1, folder });
  await rm(join(folder, 'token'));
  await assert.rejects(nodes.list(undefined), {
    name: 'ApiFailure',
    message: /^the service account cannot be read: ENOENT/,
  });
});

test('a socket is asked as localhost, without a token', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'netdebug-socket-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const socket = join(folder, 's');
  const seen: (string | undefined)[] = [];
  const answer: Answer = (...args) => {
    seen.push(args[2].headers.host, args[2].headers.authorization);
    listOf(['a'])(...args);
  };
  await scriptedApi(t, [answer], { socket });
  assert.equal((await open({ from: 'socket', socket }).nodes.list(undefined)).objects.length, 1);
  assert.deepEqual(seen, ['localhost', undefined]);
});

test('a URL may have a path, and an IPv6 address in brackets', async (t) => {
  const api = await scriptedApi(t, [listOf(['a'])], { host: '::1' });
  const { nodes, server } = open({ from: 'url', url: new URL('/clusters/c-1/', api.url) });
  await nodes.list(undefined);
  assert.equal(server, `http://[::1]:${api.port}`);
  assert.deepEqual(api.asked, ['/clusters/c-1/api/v1/nodes?limit=250']);
});

// What nobody listens to, an error of the connection, would end the program: here it fails the test.
test('a signal ends a request and its body wherever they are, and no connection fails for it', async (t) => {
  const waiting: Answer = () => undefined;
  const half: Answer = (response) => response.write('half');
  const whole: Answer = (response) => response.end('whole');
  const api = await scriptedApi(t, [waiting, half, whole, whole, whole]);
  const transport = createTransport({ from: 'url', url: api.url });
  const bodyOf = async (answer: AsyncIterable<Buffer>, atFirst: () => void) => {
    let text = '';
    for await (const chunk of answer) {
      text += chunk.toString();
      atFirst();
    }
    return text;
  };
  const nothing = () => undefined;

  const early = new AbortController();
  const asked = transport.get('/', early.signal);
  await until('it is asked', () => api.asked.length === 1);
  early.abort();
  await assert.rejects(asked, { name: 'ApiFailure', status: 0 });

  const between = new AbortController();
  const begun = await transport.get('/', between.signal);
  await assert.rejects(bodyOf(begun, () => between.abort()));

  const last = new AbortController();
  const complete = await transport.get('/', last.signal);
  await until('all of it is here', () => complete.complete);
  assert.equal(await bodyOf(complete, () => last.abort()), 'whole');

  const late = new AbortController();
  assert.equal(await bodyOf(await transport.get('/', late.signal), nothing), 'whole');
  const connections = api.connections();
  late.abort();
  assert.equal(await bodyOf(await transport.get('/', new AbortController().signal), nothing), 'whole');
  assert.equal(api.connections(), connections, 'the connection outlives the request whose signal aborts');
});
