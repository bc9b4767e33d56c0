// What the bounds of a capture left out, in words.
import type { LeftOut } from '../packets/flow-keeper.ts';

/** @param tooFast What resets and repetitions came too fast for. */
export function describeLeftOut({ packets, flows, crowdedOut }: LeftOut, tooFast: string): string[] {
  return [
    packets > 0 &&
      `${packets} packets of flows in trouble were left out by the bounds per flow and per second`,
    flows > 0 && `${flows} resets or repetitions came too fast ${tooFast}`,
    crowdedOut > 0 && `${crowdedOut} packets had to leave the memory before their time`,
  ].filter((part) => part !== false);
}
