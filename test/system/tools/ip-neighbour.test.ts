import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseNeighbourLine, parseNeighbours } from '../../../src/system/tools/ip-neighbour.ts';

// As iproute2 6.1.0 printed them, TZ=UTC.
describe('a line of ip monitor neigh', () => {
  const line = (text: string) => parseNeighbourLine(`[2026-11-28T09:33:44.242839] ${text}`);

  it('tells the address, the interface, the link-layer address and the state', () => {
    assert.deepEqual(line('10.9.9.2 dev va lladdr 02:00:00:00:00:99 STALE '), {
      ...{ at: Date.UTC(2026, 10, 28, 9, 33, 44) * 1_000 + 242_839, isDeleted: false },
      ...{ address: '10.9.9.2', interface: 'va', mac: '02:00:00:00:00:99', state: 'STALE' },
    });
    const deleted = line('Deleted 10.9.9.77 dev va INCOMPLETE ');
    assert.deepEqual([deleted?.isDeleted, deleted?.mac, deleted?.state], [true, null, 'INCOMPLETE']);
    assert.equal(line('10.9.9.2 dev va FAILED ')?.state, 'FAILED');
    const router = line('fe80::1 dev eth0 lladdr 02:00:00:00:00:01 router REACHABLE');
    assert.deepEqual([router?.address, router?.state], ['fe80::1', 'REACHABLE']);
    const learned = line('10.1.0.2 dev vx lladdr 02:00:00:00:00:01 extern_learn NOARP');
    assert.equal(learned?.mac, '02:00:00:00:00:01');
  });

  it('of a proxy, or of anything else, is none', () => {
    for (const text of ['10.9.9.4 dev va proxy', '10.9.9.0/24 dev va scope link', '3: va: <UP> mtu 1500', ''])
      assert.equal(line(text), undefined, text);
    assert.equal(parseNeighbourLine('10.9.9.2 dev va FAILED'), undefined);
  });
});

describe('a list of neighbours', () => {
  it('is read without the proxies', () => {
    const json =
      '[{"dst":"10.9.9.3","dev":"va","lladdr":"02:00:00:00:00:03","state":["PERMANENT"]},' +
      '{"dst":"10.9.9.4","dev":"va","state":["FAILED"]},{"dst":"10.9.9.5","dev":"va","flags":["proxy"]}]';
    assert.deepEqual(parseNeighbours(json), [
      { address: '10.9.9.3', interface: 'va', mac: '02:00:00:00:00:03', state: 'PERMANENT' },
      { address: '10.9.9.4', interface: 'va', mac: null, state: 'FAILED' },
    ]);
    assert.deepEqual(parseNeighbours(''), []);
  });
});
