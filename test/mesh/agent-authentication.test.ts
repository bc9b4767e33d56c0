// Who is given a node's plan: over HTTP, against an API that reviews tokens as Kubernetes 1.34 answered, recorded with a real one.
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { readSeries } from '../../src/lab/mesh/series.ts';
import { openKubernetes } from '../../src/kubernetes/api.ts';
import { startCoordinator } from '../../src/mesh/coordinator/coordinator.ts';
import { json, listOf, scriptedApi, type Answer } from '../kubernetes/scripted-api.ts';
import { anywhere, until } from './running-coordinator.ts';

const account = (name: string, namespace = 'netdebug-mesh') => `system:serviceaccount:${namespace}:${name}`;
const agents = { namespace: 'netdebug-mesh', serviceAccount: 'netdebug-mesh-agent' };

/** Not signed: whether it is good is the API's to say. */
function token(more: object = {}): string {
  const claims = {
    ...{ aud: ['netdebug-coordinator'], exp: Math.floor(Date.now() / 1_000) + 3_600 },
    ...{ sub: account('netdebug-mesh-agent'), jti: Math.random(), ...more },
  };
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'RS256', kid: 'k' })}.${part(claims)}.c2lnbmF0dXJl`;
}

/** As Kubernetes answers for a token that is bound to a pod. */
const vouched = (extra: object, username = account('netdebug-mesh-agent')) => ({
  authenticated: true,
  user: {
    ...{ username, uid: 'u', groups: ['system:serviceaccounts', 'system:authenticated'] },
    extra: { 'authentication.kubernetes.io/credential-id': ['JTI=x'], ...extra },
  },
  audiences: ['netdebug-coordinator'],
});
const pod = {
  'authentication.kubernetes.io/pod-name': ['agent-x'],
  'authentication.kubernetes.io/pod-uid': ['p'],
};
const onNode = (node: string) => ({ ...pod, 'authentication.kubernetes.io/node-name': [node] });

async function coordinating(t: TestContext, reviewed: (token: string) => object | number) {
  const reviews: { token: string; audiences: string[] }[] = [];
  const answer: Answer = (response, url, request) => {
    if (request.method === 'POST') {
      assert.equal(url.pathname, '/apis/authentication.k8s.io/v1/tokenreviews');
      let body = '';
      request.setEncoding('utf8').on('data', (text: string) => (body += text));
      request.on('end', () => {
        const { spec } = JSON.parse(body) as { spec: { token: string; audiences: string[] } };
        reviews.push(spec);
        const status = reviewed(spec.token);
        if (typeof status === 'number')
          json(status, { kind: 'Status', code: status, message: 'no' })(response, url, request);
        else json(201, { kind: 'TokenReview', spec, status })(response, url, request);
      });
    } else if (url.searchParams.has('watch')) response.flushHeaders();
    else if (url.pathname.endsWith('/nodes')) listOf(['node-1', 'node-2'])(response, url, request);
    else json(200, { metadata: { resourceVersion: '1' }, items: [] })(response, url, request);
  };
  const api = await scriptedApi(t, [answer]);
  const log: string[] = [];
  const coordinator = await startCoordinator(
    {
      ...{ listen: anywhere, targets: 10, services: { all: 'a', local: 'b', port: 1 }, settleMs: 10 },
      agents,
    },
    openKubernetes({ from: 'url', url: api.url }, 'netdebug-mesh', 'servers'),
    (line) => log.push(line),
  );
  t.after(() => coordinator.stop());
  const url = `http://127.0.0.1:${coordinator.local.port}`;
  await until('it has a plan', async () => (await fetch(`${url}/readyz`)).ok);
  const ask = async (bearer?: string, node = 'node-1') => {
    const headers = bearer === undefined ? {} : { authorization: `Bearer ${bearer}` };
    const response = await fetch(`${url}/v1/plan/${node}`, { headers });
    return { status: response.status, text: await response.text(), headers: response.headers };
  };
  /** As many as the coordinator says of itself. */
  const counted = async () =>
    readSeries(await (await fetch(`${url}/metrics`)).text()).find(
      ({ name }) => name === 'netdebug_mesh_coordinator_agents',
    )?.value;
  return { ask, reviews, log, counted };
}

test('the agent of a node is given its plan, and is asked for once; the token is meant for the coordinator alone', async (t) => {
  const { ask, reviews, counted } = await coordinating(t, () => vouched(onNode('node-1')));
  const mine = token();
  assert.equal(await counted(), 0);
  assert.equal((await ask(mine)).status, 200);
  assert.equal((await ask(mine)).status, 200);
  assert.deepEqual(reviews, [{ token: mine, audiences: ['netdebug-coordinator'] }]);
  await until('it counts as an agent', async () => (await counted()) === 1);
  const other = await ask(mine, 'node-2');
  assert.deepEqual([other.status, /of a pod on node node-1/.test(other.text)], [403, true]);
});

const refused: [what: string, bearer: string | undefined, status: object, code: 401 | 403, asked: boolean][] =
  [
    ['without a token', undefined, {}, 401, false],
    ['with what is no token', 'abc', {}, 401, false],
    [
      'with a token that the API does not know',
      token(),
      { authenticated: false, error: 'invalid' },
      401,
      true,
    ],
    ['with a token for the API itself', token({ aud: 'https://kubernetes.default.svc' }), {}, 401, false],
    ['with a token that has expired', token({ exp: 1_000 }), {}, 401, false],
    ['with a token of another account', token({ sub: account('default') }), {}, 403, false],
    [
      'with a token of another namespace',
      token({ sub: account('netdebug-mesh-agent', 'mine') }),
      {},
      403,
      false,
    ],
    [
      'with a token that says one account where the API says another',
      token(),
      vouched(onNode('node-1'), account('default')),
      403,
      true,
    ],
    ['with a token that is bound to no pod', token(), vouched({}), 403, true],
    ['with a token of a pod elsewhere', token(), vouched(onNode('node-2')), 403, true],
    [
      'with a token whose audience the API did not look at',
      token(),
      { ...vouched(onNode('node-1')), audiences: undefined },
      401,
      true,
    ],
  ];
for (const [what, bearer, status, code, asked] of refused) {
  test(`nobody is given a plan ${what}, and nobody counts as an agent by asking`, async (t) => {
    const { ask, reviews, counted } = await coordinating(t, () => status);
    const answer = await ask(bearer);
    assert.equal(answer.status, code, answer.text);
    assert.match(answer.text, /^[^\n]+\.\n$/);
    assert.equal(answer.headers.get('www-authenticate'), code === 401 ? 'Bearer' : null);
    assert.equal(reviews.length, asked ? 1 : 0);
    assert.equal(await counted(), 0);
  });
}

test('where tokens name no node their pods are let in, and that is said once', async (t) => {
  const { ask, log } = await coordinating(t, () => vouched(pod));
  assert.equal((await ask(token())).status, 200);
  assert.equal((await ask(token(), 'node-2')).status, 200);
  assert.equal(log.filter((line) => line.includes('names no node')).length, 1, log.join('\n'));
});

test('an API that does not review is waited for, with a sentence and a time, and says what it wants', async (t) => {
  let answers: object | number = vouched(onNode('node-1'));
  const { ask, log, reviews } = await coordinating(t, () => answers);
  const known = token();
  assert.equal((await ask(known)).status, 200);
  answers = 403;
  const fresh = await ask(token());
  assert.deepEqual([fresh.status, fresh.headers.get('retry-after')], [503, '5']);
  assert.equal((await ask(token())).status, 503);
  assert.equal(reviews.length, 2, 'it is not asked at once again');
  assert.equal((await ask(known)).status, 200);
  const sentences = log.filter((line) => line.includes('does not review tokens'));
  assert.equal(sentences.length, 1);
  assert.match(sentences[0] ?? '', /allow the coordinator to create tokenreviews/);
});
