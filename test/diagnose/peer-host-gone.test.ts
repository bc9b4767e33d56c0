// A machine that is gone is as silent as a hole before it: its link, its neighbours or the absence of any successor have to tell.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { causeModels } from '../../src/causes/index.ts';
import { diagnose } from '../../src/diagnose/diagnose.ts';
import { facts } from '../../src/diagnose/facts/index.ts';
import type { NodeEvent } from '../../src/model/node-event.ts';
import type { ProbeEvent } from '../../src/model/probe-event.ts';
import { link, neighbour, routeBack } from './facts/peer-host-rows.ts';
import { known } from './kernel-events.ts';
import { failed, icmpError, port, ran, routeGone, storyOf, takesIcmp } from './made-by-hand.ts';
import { asksInVain, gaveUp, inOrder, ofServer, pushes } from './one-direction.ts';
import { firstEntry, secondEntry, server } from './story-events.ts';

const tables = ['conntrack-events', 'conntrack-stats', 'neighbours'].flatMap(ran);
function told(nodes: readonly NodeEvent[], probe: ProbeEvent = gaveUp()) {
  const [finding, another] = diagnose(
    { probes: [probe], nodes: [...nodes, ...takesIcmp(), ...tables] },
    causeModels,
  );
  assert.ok(finding !== undefined && another === undefined);
  const { cause, author, rivals } = finding;
  return { cause, author, rivals: rivals.map((rival) => rival.cause) };
}
const silence = inOrder(...asksInVain(false));
const watched = [...silence, ...ran('ip-monitor')];

describe('a client that hears nothing any more', () => {
  it('lost a server whose link went down', () => {
    const { cause, author } = told([...watched, link(2.15, 'LOWERLAYERDOWN')]);
    assert.deepEqual([cause, author], ['peer-host-gone', 'nobody']);
  });

  it('lost one whose link is up again by the time that the client gives up, and none whose link only flickered', () => {
    const until = (state: string, seconds: number) =>
      told([...watched, link(2.15, state), link(seconds, 'UP')]).cause;
    assert.deepEqual(
      [until('DOWN', 2.9), until('LOWERLAYERDOWN', 2.9)],
      ['peer-host-gone', 'peer-host-gone'],
    );
    assert.equal(until('LOWERLAYERDOWN', 2.2), 'unknown');
  });

  it('lost a server whose pod went and had no successor', () => {
    assert.equal(told([...watched, routeGone(2.15), link(2.15, null)]).cause, 'peer-host-gone');
  });

  it('lost one that was replaced where the address came back', () => {
    assert.equal(told([...watched, routeGone(2.15), routeBack(4)]).cause, 'endpoint-replaced');
  });

  it('lost one that was replaced likewise where a router said meanwhile that nobody has the address', () => {
    const exceeded = icmpError(2.2, ['eth0', 'in'], [11, 0]);
    const { cause, author } = told([...watched, routeGone(2.15), exceeded, routeBack(4)]);
    assert.deepEqual([cause, author], ['endpoint-replaced', 'in-between']);
  });

  it('may have lost it to any hole where nobody watched its links, or may not', () => {
    const { cause, rivals } = told(silence);
    assert.equal(cause, 'unknown');
    for (const one of ['peer-host-gone', 'silent-drop', 'one-way-drop'])
      assert.ok(rivals.includes(one), rivals.join());
  });

  it('did not lose it to its end where its links were watched, or it spoke later', () => {
    for (const nodes of [watched, inOrder(...asksInVain(false), ...ofServer(2.95, true))])
      assert.ok(!told(nodes).rivals.includes('peer-host-gone'));
    assert.equal(told(inOrder(...asksInVain(false), ...pushes(true))).cause, 'one-way-drop');
  });

  it('was told by the router that asked for it in vain', () => {
    const said = icmpError(2.9, ['cali-client', 'out'], [3, 1]);
    const { cause, author } = told([...silence, said, neighbour(2.899, server)]);
    assert.deepEqual([cause, author], ['peer-host-gone', 'node-kernel']);
  });

  it('lost it to nobody knows whom where a machine beside it did not answer', () => {
    const { cause } = told([...watched, neighbour(2.9, '10.9.9.9', { interface: 'eth0' })]);
    assert.notEqual(cause, 'peer-host-gone');
  });
});

describe('a pod that went, of whose interface no capture tells', () => {
  const lookAt = (name: 'server is gone for good' | 'server may be gone', ...nodes: readonly NodeEvent[]) =>
    facts[name](storyOf([...known, ...ran('ip-monitor'), ...nodes], [gaveUp()]));

  it('may be what a link was deleted for', () => {
    const gone = link(2.15, null);
    assert.deepEqual(lookAt('server is gone for good', gone), {
      seen: 'unknown',
      missing: 'capture-at-server',
    });
    assert.equal(lookAt('server may be gone', gone).seen, 'yes');
    assert.equal(lookAt('server is gone for good').seen, 'no');
    assert.equal(lookAt('server is gone for good', link(-20, null)).seen, 'no');
  });
});

describe('a new entry in mid-stream', () => {
  const opened = firstEntry(1, port);
  const again = { ...secondEntry(2.05, port, 5_001), state: 'ESTABLISHED' } as NodeEvent;
  const pickedUp = (...nodes: readonly NodeEvent[]) =>
    facts['picked up in mid-stream'](
      storyOf([...ran('conntrack-events'), ...nodes, firstEntry(2.5, port + 1)], [failed()]),
    ).seen;

  it('is of another way, and of no entry that was lost, where none had been made there before', () => {
    assert.equal(pickedUp(opened, again), 'no');
    assert.equal(pickedUp(opened, secondEntry(1.001, port, 5_000), again), 'yes');
  });
});
