// Reads captures of others as evidence, each of a node of its own.
import type { IcmpErrorEvent, PacketEvent, SilenceEvent } from '../model/node-event.ts';
import { isCaptureHead } from '../model/capture-magic.ts';
import { Problem } from '../model/problem.ts';
import { createCaptureFile } from '../packets/capture-file.ts';
import type { CaptureInput } from './capture-input.ts';
import type { NodeNames } from './node-names.ts';

export interface CapturesRead {
  readonly notes: string[];
  /** Of some capture nothing is known: it has packets that could not be read, and none with TCP that could. */
  readonly unread: boolean;
}

/**
 * Reads one after the other; one sentence for each says what was in it, and what was left out. Rejects with a usage Problem for a
 * pipe that holds no capture.
 * @param streams Those of `inputs` that nobody has looked into before.
 */
export async function readCaptures(
  inputs: readonly CaptureInput[],
  streams: ReadonlySet<CaptureInput>,
  names: NodeNames,
  take: (event: PacketEvent | IcmpErrorEvent | SilenceEvent) => void,
): Promise<CapturesRead> {
  let unread = false;
  const notes: string[] = [];
  for (const input of inputs) {
    const { path } = input;
    const node = names.nameOf(path, input.node);
    let errors = 0;
    const takeError = (event: IcmpErrorEvent) => {
      errors += 1;
      take(event);
    };
    const capture = createCaptureFile({ node, file: path }, take, takeError, take);
    let unseen = streams.has(input);
    for await (const piece of input.read()) {
      if (unseen && !isCaptureHead(piece)) throw noCapture(path);
      unseen = false;
      capture.push(piece);
    }
    if (unseen) throw new Problem('usage', `${path} is empty: nothing came from it.`);
    const { packets, tcp, kept, unreadable, limits } = capture.end();
    unread ||= tcp === 0 && unreadable > 0;
    notes.push(
      [
        `${path}: ${packets} packets read, ${kept} of them around resets and repetitions`,
        ...(errors === 0 ? [] : [`${errors} ICMP errors about TCP packets`]),
        ...[input.problem()].filter((problem) => problem !== null),
        ...limits,
      ].join('; '),
    );
  }
  return { notes, unread };
}

const noCapture = (path: string) =>
  new Problem('usage', `${path} holds no capture (pcap or pcapng); events are read from files.`);
