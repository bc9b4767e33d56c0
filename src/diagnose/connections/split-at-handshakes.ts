// The packets of some flows that belong together, parted into connections: a port may serve twice, and several clients' flows may be
// one flow once they are translated.
import type { PacketEvent } from '../../model/node-event.ts';
import { isForeignAnswer, isForeignReset, isOpening, isSameWay, outlivedResets } from './another-opening.ts';

interface Part {
  readonly packets: PacketEvent[];
  /** The opening was answered, or its sender has said more. */
  isMade: boolean;
  /** What is of another connection, of which nothing else is known here. */
  readonly foreign: PacketEvent[];
}

interface Flow {
  readonly current: Part;
  readonly former: Part | undefined;
  /** As it passed on this flow. */
  readonly opening: PacketEvent | undefined;
}

/**
 * Each new opening number begins another connection, on the flows on which it is seen or answered; on others whatever began last.
 * @param packets In order of time.
 */
export function splitAtHandshakes(
  packets: readonly PacketEvent[],
  flowOf: (packet: PacketEvent) => string,
): PacketEvent[][] {
  const parts: Part[] = [];
  const opened = new Map<number, Part>();
  const flows = new Map<string, Flow>();
  const begin = (isMade: boolean): Part => {
    const part: Part = { packets: [], isMade, foreign: [] };
    parts.push(part);
    return part;
  };
  const takeFlow = (flow: string, part: Part, opening?: PacketEvent): void => {
    const known = flows.get(flow);
    if (known?.current === part) return;
    flows.set(flow, { current: part, former: known?.current, opening });
  };
  for (const packet of packets) {
    const flow = flowOf(packet);
    if (isOpening(packet)) {
      const part = opened.get(packet.seq) ?? begin(false);
      opened.set(packet.seq, part);
      takeFlow(flow, part, packet);
      part.packets.push(packet);
      continue;
    }
    const answered = isAnswer(packet) ? opened.get(before(packet.ack)) : undefined;
    if (answered !== undefined) {
      takeFlow(flow, answered);
      answered.isMade = true;
    }
    const part = flows.get(flow)?.current ?? parts.at(-1) ?? begin(true);
    // What was said before any opening is of one that was made before, and goes on.
    if (parts.length === 1 && opened.size === 0) takeFlow(flow, part);
    const { former, opening } = flows.get(flow) ?? {};
    const isForeign = opening !== undefined && !part.isMade && isOfAnother(packet, opening);
    (isForeign && former !== undefined ? former : part).packets.push(packet);
    if (isForeign && former === undefined) part.foreign.push(packet);
    if (opening !== undefined && !isForeign && isSameWay(packet, opening) && !packet.flags.includes('R'))
      part.isMade = true;
  }
  return parts.map(withoutForeign).filter(({ length }) => length > 0);
}

/** A RST that has the number of a foreign answer is the answer to that; another one is where the opening outlives it. */
function withoutForeign({ packets, foreign }: Part): PacketEvent[] {
  if (foreign.length === 0) return packets;
  const told = new Set(foreign.filter(isBare).map(({ ack }) => ack));
  const outlived = outlivedResets(packets);
  const answered = foreign.filter(
    (packet) => !isBare(packet) && (told.has(packet.seq) || outlived.has(packet)),
  );
  const numbers = new Set(answered.map(({ seq }) => seq));
  const others = new Set([
    ...answered,
    ...foreign.filter((packet) => isBare(packet) && numbers.has(packet.ack)),
  ]);
  return packets.filter((packet) => !others.has(packet));
}

const isBare = ({ flags }: PacketEvent): boolean => flags === '.';

const isAnswer = ({ flags }: PacketEvent): boolean => flags.includes('S') && flags.includes('.');

/** Numbers begin anew after 2^32. */
const before = (number: number): number => (number - 1) >>> 0;

const isOfAnother = (packet: PacketEvent, opening: PacketEvent): boolean =>
  isForeignAnswer(packet, opening) || isForeignReset(packet, opening);
