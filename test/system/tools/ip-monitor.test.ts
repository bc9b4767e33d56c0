import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ipMonitorArgv, parseIpMonitorLine } from '../../../src/system/tools/ip.ts';

// Lines as iproute2 6.1.0 printed them: `ip -4 -timestamp -tshort monitor rule route link`, TZ=UTC.
const parse = parseIpMonitorLine;

describe('a line of ip monitor', () => {
  it('that deletes a rule tells its preference, selector and table, to the microsecond', () => {
    const text = '[2026-11-23T06:41:40.671391] Deleted 30003:\tnot from all iif eth0 lookup 1 ';
    assert.deepEqual(parse(text), {
      event: 'rule-changed',
      at: '2026-11-23T06:41:40.671391Z',
      change: 'deleted',
      preference: 30_003,
      selector: 'not from all iif eth0',
      table: '1',
    });
  });

  it('that adds a rule for an interface which does not exist speaks of the same selector', () => {
    const event = parse('[2026-11-23T06:49:57.982192] 30003:\tnot from all iif eth0 [detached] lookup 1 ');
    assert.equal(event?.event, 'rule-changed');
    assert.deepEqual([event.change, event.selector, event.table], ['added', 'not from all iif eth0', '1']);
  });

  it('with a mark, or with an action that looks nothing up, is a rule too', () => {
    const mark = parse('[2026-11-23T06:49:57.976016] 30001:\tfrom all fwmark 0x4000/0x4000 lookup main ');
    assert.equal(mark?.event === 'rule-changed' && mark.selector, 'from all fwmark 0x4000/0x4000');
    const hole = parse('[2026-11-23T06:49:57.979492] 99:\tfrom 10.0.0.0/8 blackhole');
    assert.equal(hole?.event === 'rule-changed' && hole.table, null);
  });

  it('is printed for both families, and a rule of IPv6 looks like one of IPv4', () => {
    assert.deepEqual(ipMonitorArgv('node-1').slice(0, 3), ['ip', '-n', 'node-1']);
    const route = parse(
      '[2026-11-28T04:09:25.069891] fd00:10:44::10 dev cali-server metric 1024 pref medium',
    );
    assert.equal(route?.event, 'route-changed');
  });

  it('about a route says which came or went', () => {
    const added = parse('[2026-11-23T06:49:57.942277] 10.7.0.0/16 via 10.9.0.2 dev v0 ');
    assert.deepEqual(added?.event === 'route-changed' && [added.change, added.route], [
      'added',
      '10.7.0.0/16 via 10.9.0.2 dev v0',
    ]);
    const gone = parse(
      '[2026-11-23T06:49:57.955937] Deleted local 10.9.0.1 dev v0 table local proto kernel scope host src 10.9.0.1 ',
    );
    assert.equal(gone?.event === 'route-changed' && gone.change, 'deleted');
    const table = parse('[2026-11-23T06:49:57.945258] default via 10.9.0.2 dev v0 table 7 ');
    assert.equal(table?.event, 'route-changed');
  });

  it('about a link tells its name and state', () => {
    const down = parse(
      '[2026-11-23T06:49:57.951732] 3: v0@v1: <BROADCAST,MULTICAST> mtu 1500 qdisc noqueue state DOWN group default ',
    );
    assert.deepEqual(down?.event === 'link-changed' && [down.change, down.link, down.state], [
      'changed',
      'v0',
      'DOWN',
    ]);
    const gone = parse(
      '[2026-11-23T06:49:57.956016] Deleted 2: v1@NONE: <BROADCAST,MULTICAST> mtu 1500 qdisc noop state DOWN group default ',
    );
    assert.deepEqual(gone?.event === 'link-changed' && [gone.change, gone.link], ['deleted', 'v1']);
  });

  it('that continues another, is cut off or is something else, says nothing', () => {
    for (const text of [
      '    link/ether 02:58:3a:e0:64:3a brd ff:ff:ff:ff:ff:ff',
      '[2026-11-23T06:41:40.671391]',
      '[2026-11-23T06:41',
      '[yesterday] 30003:\tfrom all lookup 1',
      '[2026-11-23T06:41:40.671391] something new',
      '',
    ]) {
      assert.equal(parse(text), undefined, text);
    }
  });
});
