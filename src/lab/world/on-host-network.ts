// The same world with the server's pod in its node's own network (hostNetwork): its address is the node's, and nothing is forwarded to it.
import { Problem } from '../../model/problem.ts';
import type { Change, Plan } from '../../model/plan.ts';
import type { FaultAction } from '../../model/fault.ts';
import type { Setup } from '../../model/scenario.ts';
import type { Pod } from '../../model/topology.ts';
import { mapStrings } from './map-strings.ts';

/**
 * Takes the server's pod away, and puts its node's address where the pod's was: in the Service, in rules, in what clients dial. A
 * rule that met the server's packets as its node forwarded them meets them as they come in or go out.
 */
export function onHostNetwork(setup: Setup): Setup {
  const { topology } = setup;
  const [server] = setup.servers;
  const pod = topology.pods.find(({ name }) => name === server?.pod);
  const node = topology.nodes.find(({ name }) => name === pod?.node);
  if (setup.servers.length !== 1 || pod === undefined || node === undefined) {
    throw new Problem('usage', 'only a single server can be placed in its node’s own network.');
  }
  if (setup.proxies !== undefined) {
    throw new Problem(
      'usage',
      'a proxy beside the server is a part of its pod: it has no form with --server node.',
    );
  }
  const move = <T>(value: T): T => replaceInStrings(value, pod.address, node.address);
  const onNode = (change: Change): Change =>
    ofServer(delivered(move(change), node.name, node.address), pod.name, node.name);
  const plan: Plan = setup.plan
    .filter(({ change }) => !isOfPod(change, pod))
    .map(({ change, undo }) => ({ change: onNode(change), undo: undo === null ? null : onNode(undo) }));
  const act = (action: FaultAction): FaultAction =>
    action.do === 'signal' || action.do === 'start' ? action : onNode(action);
  return {
    ...setup,
    // The Service's endpoint is that of a pod that has the node's address and no interface of its own.
    topology: { ...topology, pods: topology.pods.filter((other) => other !== pod) },
    plan,
    faults: setup.faults.map((fault) => ({
      ...fault,
      steps: fault.steps.map((step) => ({ ...step, actions: step.actions.map(act) })),
    })),
    servers: setup.servers.map((one) => ({ ...one, pod: node.name })),
    clients: move(setup.clients),
  };
}

/** The same value with one word in place of another in all its strings. */
function replaceInStrings<T>(value: T, from: string, to: string): T {
  const word = new RegExp(`(?<![0-9.])${from.replaceAll('.', '\\.')}(?![0-9])`, 'g');
  return mapStrings(value, (text) => text.replace(word, to));
}

/** What makes the pod, its link and the way to it. */
function isOfPod(change: Change, { name, hostInterface, address }: Pod): boolean {
  if (change.do === 'add-veth') return change.b.netns === name;
  if (change.netns === name) return true;
  if (change.do === 'add-route') return change.to === address;
  if (change.do === 'set-up') return change.dev === hostInterface;
  return change.do === 'set-sysctl' && change.key.includes(`.${hostInterface}.`);
}

/** A rule of the server's node for packets to or from its address: they are no longer forwarded. */
function delivered(change: Change, node: string, address: string): Change {
  if (change.do !== 'add-chain-rule' && change.do !== 'delete-chain-rule') return change;
  if (change.netns !== node || change.rule.chain !== 'FORWARD') return change;
  const chain = change.rule.rule.includes(`-s ${address} `) ? 'OUTPUT' : 'INPUT';
  return { ...change, rule: { ...change.rule, chain } };
}

/** What is done to the sockets in the server's pod is done to the node's. */
function ofServer(change: Change, pod: string, node: string): Change {
  return change.do === 'destroy-sockets' && change.netns === pod ? { ...change, netns: node } : change;
}
