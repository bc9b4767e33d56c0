// A loss with the arguments of its ends' processes, for whoever asked for them.
import type { WatchEnd, WatchLoss } from '../../model/watch-record.ts';
import type { ProcessArguments } from '../../observe/process-arguments.ts';

export function withArguments(loss: WatchLoss, args: ProcessArguments): WatchLoss {
  const of = <E extends WatchEnd | null>(end: E): E => {
    const process = end?.process ?? null;
    const words = process === null || process.pid === null ? undefined : args.of(process.pid);
    if (end === null || process === null || words === undefined) return end;
    return { ...end, process: { ...process, arguments: [...words] } };
  };
  const { client, server, backend } = loss.ends;
  return { ...loss, ends: { client: of(client), server: of(server), backend: of(backend) } };
}
