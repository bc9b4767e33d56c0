// What a run in the lab is made of, as plain data: read once from what the user wants, and handed to the inside of the world as it is.
import { findScenario } from '../lab/scenarios/index.ts';
import { intranodeVisibility } from '../lab/scenarios/service-world.ts';
import { inAddressBlock, type AddressBlock } from '../lab/world/address-blocks.ts';
import { inIpv6 } from '../lab/world/in-ipv6.ts';
import { byAccess } from '../lab/world/by-access.ts';
import { onHostNetwork } from '../lab/world/on-host-network.ts';
import { findWorkload, refuseUnable } from '../lab/workloads/foreign/index.ts';
import { patiencePlan } from '../lab/workloads/foreign/tasks.ts';
import type { Family } from '../model/family.ts';
import { Problem } from '../model/problem.ts';
import type { Choice, ServiceAccess, ServiceDataplane, Setup } from '../model/scenario.ts';
import type { Expectation } from './conclude.ts';

/** Times in milliseconds, as they run: `speed` has divided them. */
export const serverPlaces = ['pod', 'node'] as const;
type ServerPlace = (typeof serverPlaces)[number];

export interface LabSettings {
  /** The scenario's name. */
  readonly scenario: string;
  readonly choice: Choice;
  /** Whose connections the world carries; null for our own probes. */
  readonly workload: string | null;
  /** Where the server is: in a pod of its own, or in its node's network. */
  readonly server: ServerPlace;
  /** How kube-proxy translates a Service's address. */
  readonly dataplane: ServiceDataplane;
  /** How clients reach the Service. */
  readonly access: ServiceAccess;
  /** Of all addresses of the world. */
  readonly family: Family;
  /** Which addresses the world has: labs that run at once in different blocks share none. */
  readonly addressBlock: AddressBlock;
  readonly seed: number;
  /** How many times faster than real the scenario's periods run. */
  readonly speed: number;
  /** Per class. */
  readonly connections: number;
  readonly periodMs: number;
  /** Resets of one class no further apart than this have one trigger. */
  readonly episodeWindowMs: number;
  readonly durationMs: number;
  /** Whether `netdebug watch` runs on each node. */
  readonly watch: boolean;
  readonly expected: Expectation;
  /** Of a workload that is not ours: what its diagnosis ought to find, null for nothing. */
  readonly expectedCause: string | null;
  /** The run's folder, absolute. */
  readonly folder: string;
  /** The memory cgroup of servers whose memory is limited; the outer half of the lab has made it. */
  readonly memoryCgroup?: string;
}

/** What differs from the scenario's defaults; `periodMs` is the real one, before `speed` divides it. */
export type LabWishes = Pick<LabSettings, 'scenario' | 'choice' | 'seed' | 'folder'> &
  Pick<
    Unset<LabSettings>,
    | 'speed'
    | 'connections'
    | 'periodMs'
    | 'durationMs'
    | 'watch'
    | 'expected'
    | 'workload'
    | 'server'
    | 'dataplane'
    | 'access'
    | 'family'
    | 'addressBlock'
  >;

type Unset<T> = { readonly [Name in keyof T]?: T[Name] | undefined };

/** Fills in the scenario's defaults. Throws a usage Problem for a speed that the scenario cannot run at. */
export function labSettings(wishes: LabWishes): LabSettings {
  const { choice, seed, folder } = wishes;
  const scenario = findScenario(wishes.scenario);
  const { defaults } = scenario;
  const speed = wishes.speed ?? defaults.speed;
  if (scenario.realTime === true && speed !== 1) {
    const why = 'timers of the kernel, which go no faster, are part of it';
    throw new Problem('usage', `${scenario.name} runs at --speed 1 only: ${why}.`);
  }
  const workload = wishes.workload ?? null;
  const server = wishes.server ?? 'pod';
  if (server === 'node' && scenario.needsPod !== undefined) {
    throw new Problem('usage', `${scenario.name} has no form with --server node: ${scenario.needsPod}.`);
  }
  const dataplane = wishes.dataplane ?? 'iptables';
  const why = dataplane === 'nftables' ? scenario.needsIptables?.(choice) : undefined;
  if (why !== undefined) {
    throw new Problem('usage', `${scenario.name} has no such form with --dataplane nftables: ${why}.`);
  }
  const access = wishes.access ?? 'clusterip';
  const seen = asSeen(choice, server);
  const family = wishes.family ?? 'ipv4';
  if (family === 'ipv6' && scenario.needsIpv4 !== undefined) {
    throw new Problem('usage', `${scenario.name} has no form with --family ipv6: ${scenario.needsIpv4}.`);
  }
  const addressBlock = wishes.addressBlock ?? 0;
  const places = { workload, server, dataplane, access, family, addressBlock };
  const world = { scenario: scenario.name, choice, ...places, speed };
  const setup = setupOf(world);
  if (workload !== null) refuseUnable(findWorkload(workload), scenario.name, setup);
  const periodMs = wishes.periodMs ?? setup.clientPeriodMs;
  return {
    ...{ ...world, seed, folder },
    connections: wishes.connections ?? defaults.connections,
    periodMs: periodMs / speed,
    // A trigger is noticed within a period; twice that also covers clients that run late (docs/calibration.md).
    episodeWindowMs: (setup.episodeWindowMs ?? 2 * periodMs) / speed,
    durationMs: wishes.durationMs ?? (defaults.durationMs * defaults.speed) / speed,
    watch: wishes.watch ?? false,
    // What each scenario comes to by another way than the Service's address is found out, not foretold.
    expected: wishes.expected ?? (access === 'clusterip' ? scenario.expected(seen) : 'any'),
    expectedCause: scenario.expectedCause(seen),
  };
}

/** What is delivered on the node itself never leaves it for the VPC and back, whether netd wants that or not. */
export function asSeen(choice: Choice, server: ServerPlace): Choice {
  if (server === 'pod') return choice;
  return { ...choice, factors: { ...choice.factors, [intranodeVisibility.name]: false } };
}

/** The world of a run: the scenario's, with the server where it is to be, at the wanted addresses, and what programs that are not ours need besides. */
export function setupOf(
  settings: Pick<
    LabSettings,
    'scenario' | 'choice' | 'workload' | 'server' | 'family' | 'addressBlock' | 'speed'
  > &
    Partial<Pick<LabSettings, 'dataplane' | 'access'>>,
): Setup {
  const {
    scenario,
    workload,
    server,
    dataplane,
    access = 'clusterip',
    family,
    addressBlock,
    speed,
  } = settings;
  const choice = dataplane === undefined ? settings.choice : { ...settings.choice, dataplane };
  const written = findScenario(scenario).setup(choice, workload === null ? 'probes' : 'foreign');
  const reached = byAccess(written, access, scenario);
  const placed = server === 'node' ? onHostNetwork(reached) : reached;
  const moved = inAddressBlock(placed, addressBlock);
  const setup = family === 'ipv6' ? inIpv6(moved) : moved;
  if (workload === null) return setup;
  return { ...setup, plan: [...setup.plan, ...patiencePlan(setup, speed)] };
}
