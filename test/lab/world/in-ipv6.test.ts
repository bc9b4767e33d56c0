// The world in IPv6: which address stands for which, and that nothing of IPv4 is left in any scenario’s plan.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { labSettings, setupOf } from '../../../src/experiment/lab-settings.ts';
import { actorScript } from '../../../src/lab/actors/index.ts';
import { combinations } from '../../../src/lab/scenarios/combinations.ts';
import { choose, findScenario, scenarios } from '../../../src/lab/scenarios/index.ts';
import { batches } from '../../../src/lab/world/apply.ts';
import { addressesInIpv6 } from '../../../src/lab/world/in-ipv6.ts';
import { shellCommand } from '../../../src/lab/world/plan-commands.ts';

const address4 = /(?<![0-9.])[0-9]+\.[0-9]+\.[0-9]+\.[0-9]+(?![0-9.])/;

describe('a world in IPv6', () => {
  it('has addresses that tell which those of IPv4 were, written as the kernel writes them', () => {
    assert.equal(addressesInIpv6('10.44.1.21'), 'fd00:10:44:1::21');
    assert.equal(addressesInIpv6('-d 10.44.0.10/32 -j X'), '-d fd00:10:44::10/128 -j X');
    assert.equal(addressesInIpv6('10.44.0.0/24'), 'fd00:10:44::/64');
    assert.equal(addressesInIpv6('! -s 10.44.0.0/14'), '! -s fd00:10:44::/46');
    assert.equal(
      addressesInIpv6('--to-destination 10.44.0.10:8080'),
      '--to-destination [fd00:10:44::10]:8080',
    );
    assert.equal(addressesInIpv6('-m mark --mark 0x4000/0x4000'), '-m mark --mark 0x4000/0x4000');
  });

  it('says of rules and tables that they are of IPv6, and leaves out what IPv6 has no need of', () => {
    const settings = labSettings({
      ...{ scenario: 'gke-intranode-policy', family: 'ipv6', seed: 1, folder: '/nowhere' },
      choice: choose(findScenario('gke-intranode-policy')),
    });
    const { plan, actors, clients } = setupOf(settings);
    const commands = plan.map(({ change }) => shellCommand(change));
    assert.ok(commands.includes('ip -6 -n node-1 rule add not iif eth0 lookup 1 preference 30003'));
    assert.ok(commands.some((command) => command.startsWith('ip netns exec node-1 ip6tables-restore <<')));
    assert.ok(commands.every((command) => !/rp_filter|proxy_arp|send_redirects/.test(command)));
    assert.ok(actors.every((actor) => actorScript(actor, 1).includes('ip -6 -n node-')));
    assert.equal(clients[0]?.target.address, 'fd00:10:48:14::50');
  });

  for (const scenario of scenarios) {
    it(`of ${scenario.name} holds no address of IPv4, in any variant`, () => {
      for (const { name: variant } of scenario.variants) {
        for (const choice of combinations(scenario, variant)) {
          const world = {
            scenario: scenario.name,
            choice,
            workload: null,
            server: 'pod',
            addressBlock: 0,
            speed: 1,
          } as const;
          const { plan, faults, topology, clients } = setupOf({ ...world, family: 'ipv6' });
          const actions = faults.flatMap(({ steps }) => steps.flatMap((step) => step.actions));
          for (const change of [...plan.map((step) => step.change), ...actions]) {
            if (change.do === 'signal' || change.do === 'start' || change.do === 'fill-conntrack') continue;
            assert.doesNotMatch(shellCommand(change), address4);
            assert.doesNotMatch(
              shellCommand(change),
              /\bip (?:[sd]addr|ttl|length|id)\b|(?<!6)tables-restore/,
            );
          }
          assert.doesNotMatch(JSON.stringify([topology, clients]), address4);
          // Those of one namespace and family still share a process.
          assert.ok(batches(plan).length * 3 < plan.length);
        }
      }
    });
  }
});
