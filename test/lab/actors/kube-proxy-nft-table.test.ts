// What kube-proxy in mode nftables writes for a Service with endpoints, and for one without, in either family.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { labSettings, setupOf } from '../../../src/experiment/lab-settings.ts';
import { kubeProxyNftBody } from '../../../src/lab/actors/kube-proxy/nft-table.ts';
import { choose, findScenario, scenarios } from '../../../src/lab/scenarios/index.ts';
import { twoNodes } from '../../../src/lab/topologies/two-nodes.ts';
import { shellCommand } from '../../../src/lab/world/plan-commands.ts';
import type { Family } from '../../../src/model/family.ts';

const { service, pods } = twoNodes;

/** The lines between the braces of a chain, map or set. */
function blockOf(body: string, head: RegExp): string[] {
  const lines = body.split('\n');
  const from = lines.findIndex((line) => line.endsWith(' {') && head.test(line));
  assert.ok(from >= 0, `${head} is there`);
  return lines.slice(from + 1, lines.indexOf('}', from)).map((line) => line.trim());
}

const commandsOf = (scenario: string, family: Family, server: 'pod' | 'node' = 'pod') =>
  setupOf(
    labSettings({
      ...{ scenario, family, server, dataplane: 'nftables', seed: 1, folder: '/nowhere' },
      choice: choose(findScenario(scenario)),
    }),
  ).plan.map(({ change }) => shellCommand(change));

describe('kube-proxy in mode nftables', () => {
  it('translates a Service with an endpoint, and rejects nothing of its port', () => {
    const body = kubeProxyNftBody(twoNodes);
    const [, elements = ''] = blockOf(body, /^map service-ips /);
    const [, chain = ''] =
      /^elements = \{ 10\.48\.14\.50 \. tcp \. 8080 : goto (\S+) \}$/.exec(elements) ?? [];
    assert.match(chain, /^service-[A-Z2-7]{8}-default\/netdebug\/tcp\/$/);
    const [masquerade, choice = ''] = blockOf(body, new RegExp(`^chain ${chain} `));
    assert.equal(
      masquerade,
      'ip daddr 10.48.14.50 tcp dport 8080 ip saddr != 10.44.0.0/14 jump mark-for-masquerade',
    );
    assert.match(choice, /^numgen random mod 1 vmap \{ 0 : goto endpoint-\S+__10\.44\.0\.10\/8080 \}$/);
    assert.deepEqual(blockOf(body, /^chain endpoint-/), [
      'ip saddr 10.44.0.10 jump mark-for-masquerade',
      'meta l4proto tcp dnat to 10.44.0.10:8080',
    ]);
    assert.equal(blockOf(body, /^map no-endpoint-services /).length, 1);
  });

  it('gives the chains of each Service a hash of its own', () => {
    const body = kubeProxyNftBody(twoNodes, {
      services: [
        { ...service, name: 'a' },
        { ...service, name: 'b' },
      ],
    });
    const hashes = [...body.matchAll(/^chain service-([A-Z2-7]{8})-/gm)].map(([, hash]) => hash);
    assert.equal(new Set(hashes).size, 2);
  });

  it('rejects who connects to a Service without endpoints, and translates nothing', () => {
    const body = kubeProxyNftBody(twoNodes, { services: [{ ...service, endpoints: [] }] });
    assert.equal(blockOf(body, /^map service-ips /).length, 1);
    assert.equal(
      blockOf(body, /^map no-endpoint-services /)[1],
      'elements = { 10.48.14.50 . tcp . 8080 comment "default/netdebug" : goto reject-chain }',
    );
    assert.deepEqual(blockOf(body, /^chain reject-chain /), ['reject']);
    assert.doesNotMatch(body, /dnat to|counter/);
  });

  it('chooses among several, again the same with sessionAffinity, and masquerades all where it is told to', () => {
    const second = { name: 'server-2', node: 'node-2', address: '10.44.1.10', hostInterface: 'cali-server2' };
    const topology = {
      ...{ ...twoNodes, pods: [...pods, second] },
      service: { ...service, endpoints: ['server', 'server-2'] },
    };
    const body = kubeProxyNftBody(topology, { sessionAffinity: true, masqueradeAll: true });
    const rules = blockOf(body, /^chain service-[A-Z2-7]{8}-/);
    assert.equal(rules[0], 'ip daddr 10.48.14.50 tcp dport 8080 jump mark-for-masquerade');
    assert.match(rules[1] ?? '', /^ip saddr @affinity-\S+ goto endpoint-/);
    assert.match(rules.at(-1) ?? '', /^numgen random mod 2 vmap \{ 0 : goto \S+, 1 : goto \S+ \}$/);
    assert.match(blockOf(body, /^chain endpoint-/)[1] ?? '', /^update @affinity-\S+ \{ ip saddr \}$/);
  });
});

describe('a world with kube-proxy in mode nftables', () => {
  it('has one such table on each node, of its family, and no rule of the mode iptables', () => {
    for (const family of ['ipv4', 'ipv6'] as const) {
      const commands = commandsOf('gke-intranode-policy', family);
      const table = family === 'ipv4' ? 'table ip kube-proxy {' : 'table ip6 kube-proxy {';
      assert.equal(commands.filter((command) => command.includes(`\n${table}`)).length, 2);
      assert.ok(commands.every((command) => !command.includes('KUBE-')));
      assert.ok(commands.some((command) => command.includes('cali-FORWARD')));
    }
  });

  it('holds no address of IPv4 in IPv6, and no colon in the name of a chain', () => {
    for (const { name } of scenarios.filter(({ needsIpv4 }) => needsIpv4 === undefined)) {
      const commands = commandsOf(name, 'ipv6').filter((command) => command.includes('kube-proxy'));
      for (const command of commands) {
        assert.doesNotMatch(
          command,
          /(?<![0-9.])[0-9]+\.[0-9]+\.[0-9]+\.[0-9]+(?![0-9.])|ipv4_addr|\bip [sd]addr/,
        );
        for (const [, chain = ''] of command.matchAll(/goto ([^\s,]+)/g)) assert.doesNotMatch(chain, /:/);
      }
    }
  });

  it('translates to the node where the server is a socket of it', () => {
    const commands = commandsOf('socket-destroyed', 'ipv4', 'node');
    assert.ok(commands.some((command) => command.includes('dnat to 10.128.0.11:8080')));
  });

  it('is refused where what is chosen is a rule of the mode iptables', () => {
    for (const [scenario, fix] of [
      ['policy-reject', 'established-first'],
      ['conntrack-invalid', 'drop-invalid'],
    ] as const) {
      const choice = choose(findScenario(scenario), { fix });
      assert.throws(
        () => labSettings({ scenario, choice, dataplane: 'nftables', seed: 1, folder: '/nowhere' }),
        /has no such form with --dataplane nftables/,
      );
    }
  });
});
