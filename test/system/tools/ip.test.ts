import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ipCommand, parseLinks, parseRules } from '../../../src/system/tools/ip.ts';
import { shellCommand } from '../../../src/lab/world/plan-commands.ts';
import { recordedText } from '../../observe/recorded.ts';

describe('ip commands', () => {
  it("are what a person would type for netd's rules", () => {
    const rule = { preference: 30_003, not: true, iif: 'eth0', table: '1' };
    assert.equal(
      shellCommand({ do: 'add-rule', netns: 'node-1', rule }),
      'ip -n node-1 rule add not iif eth0 lookup 1 preference 30003',
    );
    assert.equal(
      shellCommand({ do: 'delete-rule', netns: 'node-1', rule }),
      'ip -n node-1 rule delete not iif eth0 lookup 1 preference 30003',
    );
  });

  it('put both ends of a veth pair where they belong in one go', () => {
    const change = {
      do: 'add-veth',
      a: { netns: 'node-1', dev: 'cali-server' },
      b: { netns: 'server', dev: 'eth0' },
    } as const;
    assert.deepEqual(ipCommand(change).netns, null);
    assert.equal(
      shellCommand(change),
      'ip link add cali-server netns node-1 type veth peer name eth0 netns server',
    );
  });
});

// Printed by iproute2 6.1.0: `ip -json rule show` with netd's rules, while eth0 did not exist.
const printed =
  '[{"priority":0,"src":"all","table":"local"},{"priority":30001,"src":"all","fwmark":"0x4000","fwmask":"0x4000","table":"main"},' +
  '{"priority":30003,"not":null,"src":"all","iif":"eth0","iif_detached":null,"table":"1"},{"priority":32766,"src":"all","table":"main"},' +
  '{"priority":32767,"src":"all","action":"blackhole"}]';

describe('parseRules', () => {
  it('reads selectors, marks and tables, and leaves out what looks up no table', () => {
    assert.deepEqual(parseRules(printed), [
      { preference: 0, table: 'local' },
      { preference: 30_001, fwmark: '0x4000/0x4000', table: 'main' },
      { preference: 30_003, not: true, iif: 'eth0', table: '1' },
      { preference: 32_766, table: 'main' },
    ]);
  });
});

describe('parseLinks', () => {
  it('reads the names of interfaces by their numbers', () => {
    const links = parseLinks(recordedText('ip-link.json'));
    assert.equal(links.get(1), 'lo');
    assert.deepEqual([...links.values()].filter((name) => name !== 'lo').sort(), [
      'cali-colocated',
      'cali-server',
      'eth0',
    ]);
  });
});
