// A plan's targets as the places that its connections fill.
import type { MeshTarget } from '../../model/mesh-plan.ts';

/** All connections to one address and port are one peer's. */
export function peerOf({ address, port }: MeshTarget): string {
  return `${address} ${port}`;
}

/** One key a connection: a target whose address changed is another one. */
export function keysOf(target: MeshTarget): [key: string, target: MeshTarget][] {
  const { node, path, address, port, connections } = target;
  return Array.from({ length: connections }, (_, index) => [
    `${node ?? '*'} ${target.class} ${path} ${address} ${port} ${index}`,
    target,
  ]);
}
