// What the shell offers for `lab run` and `lab matrix`: scenarios, and of the one that was typed its variants, factors and fixes.
import { serverPlaces } from '../../experiment/lab-settings.ts';
import { scenarios, defaultScenario } from '../../lab/scenarios/index.ts';
import { foreignWorkloads } from '../../lab/workloads/foreign/index.ts';
import { addressBlocks } from '../../lab/world/address-blocks.ts';
import { outcomes } from '../../model/run-record.ts';
import { serviceAccesses, serviceDataplanes, type Named, type Scenario } from '../../model/scenario.ts';
import type { Offer } from '../completion/protocol.ts';
import { names, type Typed } from '../completion/typed.ts';

const told = (all: readonly Named[]): readonly Offer[] =>
  all.map(({ name, about }) => ({ value: name, about }));

export const offeredScenarios = () => told(scenarios);

/** Of the scenario that was typed, or of the default. */
export const offeredParts =
  (part: 'variants' | 'factors' | 'fixes') =>
  ({ args: [typed = defaultScenario] }: Typed): readonly Offer[] => {
    const found: Scenario | undefined = scenarios.find(({ name }) => name === typed);
    return told(found?.[part] ?? []);
  };

const workloads = names(['probes', ...foreignWorkloads.map(({ name }) => name)]);
export const offeredWorkloads = (): readonly Offer[] => [
  ...workloads,
  { value: 'grpc=', about: 'a program that speaks gRPC', open: true },
];

export const offeredFamilies = () => names(['ipv4', 'ipv6']);
export const offeredBlocks = () => names(addressBlocks.map(String));
export const offeredPlaces = () => names(serverPlaces);
export const offeredDataplanes = () => names(serviceDataplanes);
export const offeredAccesses = () => names(serviceAccesses);
export const offeredOutcomes = () => names([...outcomes, 'any']);
