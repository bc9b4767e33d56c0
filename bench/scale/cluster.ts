// A made-up cluster of any size, and what happens to it: the plan sees nothing else of a real one.
import type { MeshNode } from '../../src/mesh/plan/mesh-node.ts';

const zones = ['zone-a', 'zone-b', 'zone-c'];

export function meshNode(number: number): MeshNode {
  return {
    name: `gke-production-pool-1-${((number * 2_654_435_761) % 2 ** 32).toString(16).padStart(8, '0')}-${number}`,
    zone: zones[number % zones.length] ?? '',
    leftOut: null,
    doubt: null,
    address: `10.${number >> 16}.${(number >> 8) & 255}.${number & 255}`,
    port: 8_080,
  };
}

export function cluster(size: number): MeshNode[] {
  return Array.from({ length: size }, (_, number) => meshNode(number));
}
