// A server in its node's own network: what the plan then says, and which scenarios have no such form.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { labSettings, setupOf } from '../../../src/experiment/lab-settings.ts';
import { combinations } from '../../../src/lab/scenarios/combinations.ts';
import { choose, findScenario, scenarios } from '../../../src/lab/scenarios/index.ts';
import { shellCommand } from '../../../src/lab/world/plan-commands.ts';
import { Problem } from '../../../src/model/problem.ts';

const onNode = (scenario: string, variant?: string) =>
  labSettings({
    ...{ scenario, server: 'node', seed: 1, folder: '/nowhere' },
    choice: choose(findScenario(scenario), variant === undefined ? {} : { variant }),
  });

describe('a server in its node’s own network', () => {
  it('has the node’s address: the Service leads there, and no pod has the pod’s', () => {
    const { plan, servers, topology } = setupOf(onNode('policy-reject'));
    const script = plan.map(({ change }) => shellCommand(change)).join('\n');
    assert.match(script, /-j DNAT --to-destination 10\.128\.0\.11:8080/);
    assert.doesNotMatch(script, /10\.44\.0\.10\b|cali-server/);
    assert.deepEqual(
      servers.map(({ pod }) => pod),
      ['node-1'],
    );
    assert.deepEqual(
      topology.pods.map(({ name }) => name),
      ['co-located-client', 'remote-client'],
    );
  });

  it('meets its node’s rules as packets come in or go out, and those of other nodes as they are forwarded', () => {
    const rulesOf = (variant: string) =>
      setupOf(onNode('policy-reject', variant)).faults.flatMap(({ steps }) =>
        steps.flatMap(({ actions }) =>
          actions.flatMap((action) => (action.do === 'add-chain-rule' ? [shellCommand(action)] : [])),
        ),
      );
    const reject = '-j REJECT --reject-with tcp-reset';
    assert.deepEqual(rulesOf('to-server'), [
      `ip netns exec node-1 iptables -t filter -I INPUT -d 10.128.0.11 -p tcp --dport 8080 ${reject}`,
    ]);
    assert.deepEqual(rulesOf('from-server'), [
      `ip netns exec node-1 iptables -t filter -I OUTPUT -s 10.128.0.11 -p tcp --sport 8080 ${reject}`,
    ]);
    assert.deepEqual(rulesOf('client-node'), [
      `ip netns exec node-2 iptables -t filter -I FORWARD -d 10.128.0.11 -p tcp --dport 8080 ${reject}`,
    ]);
  });

  it('has its sockets destroyed in the node’s namespace, as a client has in its pod', () => {
    const destroyed = (variant: string) =>
      setupOf(onNode('socket-destroyed', variant)).faults.flatMap(({ steps }) =>
        steps.flatMap(({ actions }) =>
          actions.flatMap((one) => (one.do === 'destroy-sockets' ? [one.netns] : [])),
        ),
      );
    assert.deepEqual(destroyed('server-side'), ['node-1']);
    assert.deepEqual(destroyed('client-side'), ['co-located-client', 'remote-client']);
  });

  it('is not hit by what happens to traffic that leaves the node and comes back', () => {
    const { expected, expectedCause } = onNode('gke-intranode-policy');
    assert.deepEqual([expected, expectedCause], ['none', null]);
    assert.equal(onNode('policy-reject').expectedCause, 'policy-reject');
  });

  it('is refused where the scenario is about a pod', () => {
    for (const name of ['endpoint-replaced', 'conntrack-invalid']) {
      assert.throws(
        () => onNode(name),
        (error: unknown) =>
          error instanceof Problem && error.kind === 'usage' && error.message.includes(name),
      );
    }
  });

  it('needs no namespace that is not made, in any other scenario', () => {
    for (const scenario of scenarios.filter(({ needsPod }) => needsPod === undefined)) {
      for (const { name: variant } of scenario.variants) {
        // A proxy is a part of a pod.
        if (variant === 'sidecar') continue;
        for (const choice of combinations(scenario, variant)) {
          const settings = {
            scenario: scenario.name,
            choice,
            workload: null,
            server: 'node',
            family: 'ipv4',
            addressBlock: 0,
            speed: 1,
          } as const;
          const { plan, faults, servers, clients } = setupOf(settings);
          const made = new Set(
            plan.flatMap(({ change }) => (change.do === 'add-netns' ? [change.netns] : [])),
          );
          const actions = faults.flatMap(({ steps }) => steps.flatMap((step) => step.actions));
          for (const change of [...plan.map((step) => step.change), ...actions]) {
            if ('netns' in change) assert.ok(made.has(change.netns), shellCommand(change));
          }
          for (const { pod } of [...servers, ...clients]) assert.ok(made.has(pod), pod);
        }
      }
    }
  });
});
