// A scenario: a topology, factors that can be switched off, a fault brought about by agents, fixes, and the outcome to expect.
import type { Plan, PolicyRule } from './plan.ts';
import type { Outcome } from './run-record.ts';
import type { ClientClass, Topology } from './topology.ts';

/** Something with a name that the user can type, and one line that says what it is. */
export interface Named {
  readonly name: string;
  readonly about: string;
}

/** A program that runs on a node while the world lives and changes it, as netd and Felix do. Periods in milliseconds. */
export type AgentSpec =
  | {
      readonly kind: 'netd';
      readonly node: string;
      readonly reconcileMs: number;
      readonly rules: readonly PolicyRule[];
    }
  | {
      readonly kind: 'felix';
      readonly node: string;
      readonly refreshMs: number;
      readonly jitterMs: number;
      /** The tables that this Felix believes to be its own; it takes the lowest for WireGuard. */
      readonly routeTableRange: readonly [number, number];
    };

/** What the user chose: which factors are on, which fix is applied. */
export interface Choice {
  readonly factors: Readonly<Record<string, boolean>>;
  readonly fix: string | null;
}

/** Everything needed to run a scenario once; pure data. All periods are the real ones; --speed divides them later. */
export interface Setup {
  readonly topology: Topology;
  readonly plan: Plan;
  readonly agents: readonly AgentSpec[];
  readonly server: { readonly pod: string; readonly port: number };
  readonly clients: readonly ClientClass[];
  readonly clientPeriodMs: number;
}

export interface ScenarioDefaults {
  /** How many times faster than real its periods run. */
  readonly speed: number;
  /** How long a run takes at that speed; at another speed it takes as much longer or shorter. */
  readonly durationMs: number;
  /** Connections per class. */
  readonly connections: number;
  /** `none` is claimed when each class is shown to have fewer episodes than this per hour of scenario time. */
  readonly maxRatePerHour: number;
}

export interface Scenario extends Named {
  readonly factors: readonly Named[];
  readonly fixes: readonly Named[];
  readonly defaults: ScenarioDefaults;
  expected(choice: Choice): Outcome;
  setup(choice: Choice): Setup;
}
