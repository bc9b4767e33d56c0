// Whether a loss that somebody else's watch has told of is one of those that are asked for here.
import { plainAddress } from '../../model/endpoint.ts';
import type { WatchLoss } from '../../model/watch-record.ts';
import type { WantedConnections } from './live-losses.ts';

export function fitsWanted({ ends }: WatchLoss, wanted: WantedConnections): boolean {
  const all = [ends.client, ends.server, ends.backend].filter((end) => end !== null);
  const fits = <T>(list: readonly T[], own: readonly (T | null | undefined)[]) =>
    list.length === 0 || own.some((one) => one !== null && one !== undefined && list.includes(one));
  return (
    fits(
      wanted.ports,
      all.map(({ port }) => port),
    ) &&
    fits(
      [...wanted.addresses].map(plainAddress),
      all.map(({ address }) => plainAddress(address)),
    ) &&
    fits(
      wanted.pods,
      all.map(({ pod }) => pod),
    ) &&
    fits(
      wanted.processes,
      all.map(({ process }) => process?.command),
    )
  );
}
