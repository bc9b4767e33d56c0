// The same world whose clients reach the Service in another way than by its own address from pods of their own.
import type { FaultAction, FaultSpec } from '../../model/fault.ts';
import type { Change } from '../../model/plan.ts';
import { Problem } from '../../model/problem.ts';
import type { ClientSpec, ServiceAccess, Setup } from '../../model/scenario.ts';
import type { Pod } from '../../model/topology.ts';

/**
 * Clients that dial the server's pod itself, or another Service, keep to that. Throws a usage Problem where the world has no such form.
 * @param scenario Its name, for that.
 */
export function byAccess(setup: Setup, access: ServiceAccess, scenario: string): Setup {
  switch (access) {
    case 'clusterip':
      return setup;
    case 'nodeport':
      return byNodePort(setup, scenario);
    case 'hairpin':
      return byHairpin(setup, scenario);
  }
}

/** Each client dials its own node, as programs do that know no more than `status.hostIP`: what comes to the server has that node's address. */
function byNodePort(setup: Setup, scenario: string): Setup {
  const { service, nodes, pods } = setup.topology;
  const { nodePort } = service;
  if (nodePort === undefined)
    throw new Problem('usage', 'the Service of this world has no port of the nodes.');
  const dialled = new Set<string>();
  const moved = setup.clients.filter(dials(service.clusterIp));
  const clients = setup.clients.map((client) => {
    if (!moved.includes(client)) return client;
    const pod = pods.find(({ name }) => name === client.pod);
    const node = nodes.find(({ name }) => name === pod?.node);
    if (node === undefined) throw new Error(`the topology has no node for "${client.pod}"`);
    dialled.add(node.address);
    return { ...client, target: { address: node.address, port: nodePort } };
  });
  refuseNamed(
    setup,
    pods.filter(({ name }) => moved.some(({ pod }) => pod === name)),
    'nodeport',
    scenario,
  );
  const act = (action: FaultAction): FaultAction[] =>
    action.do === 'delete-entries' && action.filter.originalDestination === service.clusterIp
      ? [...dialled].map((address) => ({
          ...action,
          filter: { ...action.filter, originalDestination: address },
        }))
      : [action];
  return { ...setup, clients, faults: changed(setup.faults, act) };
}

/** Who was beside the server is in its pod. Its node gives such a connection the node's address on its way back to where it came from. */
function byHairpin(setup: Setup, scenario: string): Setup {
  const { topology, servers } = setup;
  const podOf = (name: string | undefined) => topology.pods.find((pod) => pod.name === name);
  const home = podOf(servers[0]?.pod);
  const moved = setup.clients.filter(
    (client) => dials(topology.service.clusterIp)(client) && podOf(client.pod)?.node === home?.node,
  );
  const left = topology.pods.filter(({ name }) => moved.some(({ pod }) => pod === name));
  if (home === undefined || moved.length === 0) {
    throw new Problem('usage', 'no client of this world that is beside the server dials its Service.');
  }
  refuseNamed(setup, left, 'hairpin', scenario);
  const wasOf = (netns: string) => left.some(({ name }) => name === netns);
  const act = (action: FaultAction): FaultAction[] => [
    action.do === 'destroy-sockets' && wasOf(action.netns) ? { ...action, netns: home.name } : action,
  ];
  return {
    ...setup,
    clients: setup.clients.map((client) => (moved.includes(client) ? { ...client, pod: home.name } : client)),
    faults: changed(setup.faults, act),
  };
}

const dials =
  (clusterIp: string) =>
  ({ target }: ClientSpec): boolean =>
    target.address === clusterIp;

/** Their packets have another address where rules and routes would meet them. */
function refuseNamed(
  { faults, plan }: Setup,
  pods: readonly Pod[],
  access: ServiceAccess,
  scenario: string,
): void {
  const done: unknown[] = [
    ...faults.map(({ steps }) => steps),
    ...plan.map(({ change }) => change).filter(isRule),
  ];
  const words = JSON.stringify(done);
  const named = pods.find(({ address }) =>
    new RegExp(`(?<![0-9.])${address.replaceAll('.', '\\.')}(?![0-9])`).test(words),
  );
  if (named === undefined) return;
  throw new Problem(
    'usage',
    `${scenario} has no form with --access ${access}: it is done to what comes from ${named.name}’s own address, with which nothing comes there.`,
  );
}

const isRule = ({ do: what }: Change): boolean => what === 'add-chain-rule' || what === 'load-nft-table';

function changed(faults: readonly FaultSpec[], act: (action: FaultAction) => FaultAction[]): FaultSpec[] {
  return faults.map((fault) => ({
    ...fault,
    steps: fault.steps.map((step) => ({ ...step, actions: step.actions.flatMap(act) })),
  }));
}
