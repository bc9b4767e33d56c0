// Events on pods, made and raised against an API whose answers the test writes.
import assert from 'node:assert/strict';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { ApiFailure } from '../../src/kubernetes/api-failure.ts';
import { objectOf, openPodEvents, type PodEvent } from '../../src/kubernetes/pod-events.ts';
import { createTransport } from '../../src/kubernetes/transport.ts';
import { schemaErrors, typeErrors } from '../manifests/api-schemas.ts';
import { json, scriptedApi, type Answer } from './scripted-api.ts';

const event: PodEvent = {
  ...{ name: 'checkout-1.17ab', pod: { namespace: 'shop', name: 'checkout-1', uid: 'u-1' } },
  ...{ reason: 'ConnectionsReset', message: 'Its connection was reset.', count: 3 },
  ...{ firstAt: '2026-11-28T12:03:41Z', lastAt: '2026-11-28T12:04:41Z' },
};

interface Asked {
  readonly method: string | undefined;
  readonly path: string | undefined;
  readonly type: string | undefined;
  readonly body: unknown;
}

async function events(t: Parameters<typeof scriptedApi>[0], answers: readonly Answer[]) {
  const asked: Asked[] = [];
  const heard = answers.map((answer): Answer => (response, url, request) => {
    void text(request).then((body) => {
      const { method, url: path, headers } = request;
      asked.push({ method, path, type: headers['content-type'], body: JSON.parse(body) });
      answer(response, url, request);
    });
  });
  const api = await scriptedApi(t, heard);
  const transport = createTransport({ from: 'url', url: api.url });
  return { asked, api: openPodEvents(transport, { node: 'node-1', timeoutMs: 200 }) };
}

const status = (code: number, message: string) => json(code, { kind: 'Status', code, message });
const failure = (wanted: number, message: RegExp) => (error: unknown) =>
  error instanceof ApiFailure && error.status === wanted && message.test(error.message);

test('what is sent fits the Kubernetes API, in every value and every field', async () => {
  const object = objectOf(event, 'node-1');
  assert.equal(schemaErrors(object), '');
  assert.deepEqual(await typeErrors([object]), []);
});

test('an Event is made in its pod’s namespace, on the pod, and raised by what is new of it alone', async (t) => {
  const { asked, api } = await events(t, [json(201, {}), json(200, {})]);
  assert.equal(await api.create(event), true);
  await api.raise({ ...event, count: 5 });
  assert.deepEqual(asked, [
    {
      ...{ method: 'POST', path: '/api/v1/namespaces/shop/events', type: 'application/json' },
      body: objectOf(event, 'node-1'),
    },
    {
      ...{ method: 'PATCH', path: '/api/v1/namespaces/shop/events/checkout-1.17ab' },
      type: 'application/merge-patch+json',
      body: {
        ...{ reason: 'ConnectionsReset', message: 'Its connection was reset.', count: 5 },
        lastTimestamp: '2026-11-28T12:04:41Z',
      },
    },
  ]);
  const { involvedObject } = objectOf(event, 'node-1');
  assert.deepEqual(involvedObject, {
    ...{ apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name: 'checkout-1', uid: 'u-1' },
  });
});

test('one that is there already was made by a request whose answer was lost', async (t) => {
  const { api } = await events(t, [status(409, 'events "checkout-1.17ab" already exists')]);
  assert.equal(await api.create(event), false);
});

test('what the API refuses, has let go of, or does not answer is told apart', async (t) => {
  const { api } = await events(t, [
    status(403, 'events is forbidden: User "x" cannot create resource "events"'),
    status(404, 'events "checkout-1.17ab" not found'),
    () => undefined,
  ]);
  await assert.rejects(api.create(event), failure(403, /cannot create/));
  await assert.rejects(api.raise(event), failure(404, /not found/));
  await assert.rejects(api.create(event), failure(0, /no answer within 0\.2 s/));
});
