// The observer with less than its pod gives it: it says what it cannot see.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { observeAsPod, podSpec, said, skip } from './observer-pod.ts';

describe("the observer's pod", { skip }, () => {
  it('without hostPID says that pods cannot be seen', async (t) => {
    const { containers } = await podSpec();
    const { add } = containers[0]!.securityContext.capabilities;
    const lookIntoPods = ['cgroup-memory', 'listeners', 'neighbours', 'snmp'];
    const events = await observeAsPod(t, add, 'own', ['capture', ...lookIntoPods].join(','));
    const blind = said(events, 'limited').filter(({ blindTo }) => blindTo?.includes('pods'));
    assert.deepEqual(blind.map(({ source }) => source).sort(), lookIntoPods);
    for (const { text } of blind) assert.match(text, /pods cannot be seen: .* hostPID: true$/);
  });

  it('without SETGID has no capture, and says what it takes', async (t) => {
    const { containers } = await podSpec();
    const { add } = containers[0]!.securityContext.capabilities;
    const events = await observeAsPod(
      t,
      add.filter((name) => name !== 'SETGID'),
      'host',
    );
    const [capture, ...others] = said(events, 'unavailable');
    assert.deepEqual([capture?.source, others.length], ['capture', 0]);
    assert.match(capture!.text, /it takes the capability SETGID/);
  });
});
