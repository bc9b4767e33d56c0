// Both ends of a tuple, as lines of kernels and sockets are found by them.
import { formatEndpoint } from '../../model/endpoint.ts';
import type { Tuple } from '../../model/node-event.ts';

export const localEnd = ({ src, sport }: Tuple): string => formatEndpoint({ address: src, port: sport });
export const otherEnd = ({ dst, dport }: Tuple): string => formatEndpoint({ address: dst, port: dport });

/** Of what is told of either end: a server's has that of thousands of clients. */
export function shorter<T>(tuple: Tuple, listOf: (end: string) => readonly T[]): readonly T[] {
  const [here, there] = [listOf(localEnd(tuple)), listOf(otherEnd(tuple))];
  return here.length <= there.length ? here : there;
}
