// The observer with the rights of its pod and no others: what it captures, and what it sees of pods.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isPacket } from './observed-world.ts';
import { observeAsPod, podSpec, said, skip } from './observer-pod.ts';

describe("the observer's pod", { skip }, () => {
  it('has the rights for every witness that it is told to run, of the node and of its pods', async (t) => {
    const { hostPID, containers } = await podSpec();
    assert.equal(hostPID, true);
    const { drop, add } = containers[0]!.securityContext.capabilities;
    assert.deepEqual(drop, ['ALL']);
    const events = await observeAsPod(t, add, 'host');
    for (const state of ['unavailable', 'failed'] as const)
      assert.deepEqual(
        said(events, state).map(({ source, text }) => `${source}: ${text}`),
        [],
      );
    assert.ok(events.filter(isPacket).some(({ flags, tuple }) => flags === 'R.' && tuple.sport === 9_000));
    const capture = said(events, 'stopped').find(({ source }) => source === 'capture');
    assert.equal(typeof capture?.lost, 'number', 'it can be ended, and then counts');
    const ofPod = events.filter((event) => event.event === 'listener' && event.scope === '10.44.0.10');
    assert.deepEqual(
      ofPod.map((event) => event.event === 'listener' && [event.change, event.port]),
      [['closed', 8_080]],
    );
    // What the rules of kube-proxy do is not to be seen, and that is said.
    assert.deepEqual(
      said(events, 'limited').map(({ source, blindTo }) => [source, blindTo]),
      [['rule-counters', ['reject', 'drop']]],
    );
    assert.match(said(events, 'limited')[0]!.text, /^3 rules reject or drop and have no counter: /);
    const [dataplane] = events.filter((event) => event.event === 'dataplane');
    assert.ok(dataplane?.event === 'dataplane');
    const { kubeProxyMode, netd, calico, cilium } = dataplane;
    assert.deepEqual([kubeProxyMode, netd, calico, cilium], ['nftables', false, false, false]);
  });
});
