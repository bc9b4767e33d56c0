// Runs inside a private world, one part of the measurement a process: prints what came of it as JSON.
//   inside.ts SPEC     an InsideSpec as JSON
import { measureBurst, type Burst } from './burst.ts';
import { measureLatency, type Latency, type LatencySpec } from './latency.ts';
import { measureCosts, type CostSpec, type Use } from './rounds.ts';
import { soak, type Soak, type SoakSpec } from './soak.ts';
import { makeWorld } from './world.ts';

export type InsideSpec =
  | ({ readonly part: 'latency' } & LatencySpec)
  | { readonly part: 'burst'; readonly connections: number }
  | ({ readonly part: 'cost' } & CostSpec)
  | ({ readonly part: 'soak' } & SoakSpec);

export interface InsideResults {
  readonly latency: Latency;
  readonly burst: Burst;
  readonly cost: readonly Use[];
  readonly soak: Soak;
}

async function measure(spec: InsideSpec): Promise<InsideResults[InsideSpec['part']]> {
  const say = (text: string) => void process.stderr.write(`${text}\n`);
  if (spec.part === 'latency') return await measureLatency(spec);
  if (spec.part === 'burst') return await measureBurst(spec.connections);
  if (spec.part === 'cost') return await measureCosts(spec, say);
  return await soak(spec, say);
}

if (import.meta.main) {
  await makeWorld();
  const result = await measure(JSON.parse(process.argv[2] ?? 'null') as InsideSpec);
  process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit(0));
}
