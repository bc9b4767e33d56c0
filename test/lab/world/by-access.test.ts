// Clients that reach the Service by a port of their node, or from the pod behind it: what is dialled then, and what has no such form.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { labSettings, setupOf } from '../../../src/experiment/lab-settings.ts';
import { choose, findScenario, scenarios } from '../../../src/lab/scenarios/index.ts';
import { Problem } from '../../../src/model/problem.ts';
import type { ServiceAccess } from '../../../src/model/scenario.ts';

const by = (access: ServiceAccess, scenario: string, choice: { variant?: string; fix?: string } = {}) =>
  labSettings({
    ...{ scenario, access, seed: 1, folder: '/nowhere' },
    choice: choose(findScenario(scenario), choice),
  });

const dialled = (settings: ReturnType<typeof by>) =>
  setupOf(settings).clients.map(
    ({ name, pod, target }) => `${name} in ${pod}: ${target.address}:${target.port}`,
  );

describe('clients that dial a port of the nodes', () => {
  it('dial their own node, and those that dial the pod go on doing so', () => {
    assert.deepEqual(dialled(by('nodeport', 'gke-intranode-policy')), [
      'co-located in co-located-client: 10.128.0.11:30080',
      'remote in remote-client: 10.128.0.12:30080',
      'co-located-pod-ip in co-located-client: 10.44.0.10:8080',
      'remote-pod-ip in remote-client: 10.44.0.10:8080',
    ]);
    assert.deepEqual(dialled(by('nodeport', 'conntrack-entry-deleted', { fix: 'headless-service' })), [
      'co-located in co-located-client: 10.44.0.10:8080',
      'remote in remote-client: 10.44.0.10:8080',
    ]);
  });

  it('lose the entries of what they dialled, where those of the Service’s address are deleted', () => {
    const { faults } = setupOf(by('nodeport', 'translation-changed'));
    const actions = faults.flatMap(({ steps }) => steps.flatMap((step) => step.actions));
    const destinations = actions.flatMap((action) =>
      action.do === 'delete-entries' ? [action.filter.originalDestination] : [],
    );
    assert.deepEqual([...new Set(destinations)].sort(), ['10.128.0.11', '10.128.0.12']);
  });

  it('are refused where something is done to their own addresses, with which nothing comes to the server', () => {
    for (const [scenario, choice] of [
      ['conntrack-invalid', {}],
      ['policy-reject', { variant: 'one-client' }],
    ] as const)
      assert.throws(() => by('nodeport', scenario, choice), {
        name: Problem.name,
        message: new RegExp(
          `^${scenario} has no form with --access nodeport: .* co-located-client’s own address`,
        ),
      });
  });
});

describe('a pod that dials its own Service', () => {
  it('is where who was beside it is now', () => {
    assert.deepEqual(dialled(by('hairpin', 'silent-drop')), [
      'co-located in server: 10.48.14.50:8080',
      'remote in remote-client: 10.48.14.50:8080',
    ]);
  });

  it('loses its sockets where those of the client are destroyed', () => {
    const variants = findScenario('socket-destroyed').variants.map(({ name }) => name);
    const places = variants.flatMap((variant) =>
      setupOf(by('hairpin', 'socket-destroyed', { variant })).faults.flatMap(({ steps }) =>
        steps.flatMap(({ actions }) =>
          actions.flatMap((action) => (action.do === 'destroy-sockets' ? [action.netns] : [])),
        ),
      ),
    );
    assert.ok(places.includes('server'));
    assert.ok(!places.includes('co-located-client'));
  });
});

describe('ways to the Service', () => {
  it('are each possible in most scenarios, and where they are not, that is a mistake in usage', () => {
    for (const access of ['nodeport', 'hairpin'] as const) {
      const possible = scenarios.filter(({ name }) => {
        try {
          return by(access, name).access === access;
        } catch (error) {
          assert.ok(error instanceof Problem && error.kind === 'usage', String(error));
          return false;
        }
      });
      assert.ok(possible.length >= 20, `${access}: ${possible.length}`);
    }
  });
});
