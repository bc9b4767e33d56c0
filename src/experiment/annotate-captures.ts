// Writes the packets of lost connections again, each with what was found as its comment, for whoever looks at packets anyway.
import { once } from 'node:events';
import { createWriteStream, realpathSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Explained } from '../diagnose/diagnose.ts';
import { authorWords } from '../model/author.ts';
import { formatEndpoint } from '../model/endpoint.ts';
import type { PacketEvent } from '../model/node-event.ts';
import { messageOf, Problem } from '../model/problem.ts';
import { createFlowFilter, flowsOf, identityOf } from '../packets/packets-of-flows.ts';
import { createPcapngWriter, pcapngHead } from '../packets/pcapng-writer.ts';
import type { CaptureInput } from './capture-input.ts';

/** What is to be said of a packet, by the capture it is in and by its identity there. */
type Comments = Map<string, Map<string, string[]>>;

/**
 * Reads the captures a second time. Resolves with how many packets were written. Rejects with a usage Problem where `out` is one of
 * the captures, with an unwritable one where it cannot be written.
 */
export async function annotateCaptures(
  out: string,
  inputs: readonly CaptureInput[],
  explained: readonly Explained[],
): Promise<number> {
  const comments = commentsOn(explained);
  const packets = explained.flatMap(({ examined }) => examined.flatMap(({ story }) => story.packets));
  const flows = flowsOf(packets.map(({ tuple }) => tuple));
  const file = await openNew(out, inputs);
  const stream = createWriteStream(out, { fd: file });
  const failed = new Promise<never>((_, reject) => {
    stream.once('error', (error) => {
      reject(unwritable(out, error));
    });
  });
  failed.catch(() => undefined);
  let written = 0;
  stream.write(pcapngHead('netdebug'));
  const writer = createPcapngWriter();
  for (const input of inputs) {
    const ofFile = comments.get(input.path);
    const filter = createFlowFilter(flows, (record, packet) => {
      written += 1;
      stream.write(writer.packet(record, input.node, ofFile?.get(identityOf(packet)) ?? []));
    });
    for await (const piece of input.read()) {
      filter.push(piece);
      if (stream.writableNeedDrain) await Promise.race([once(stream, 'drain'), failed]);
    }
  }
  stream.end();
  await Promise.race([once(stream, 'close'), failed]);
  return written;
}

/** Never one of the captures: it would be gone before it was read. */
async function openNew(out: string, inputs: readonly CaptureInput[]) {
  const own = realOf(out);
  if (inputs.some(({ path }) => realOf(path) === own))
    throw new Problem('usage', `${out} is one of the captures that are read; name another file to write.`);
  try {
    return await open(out, 'w');
  } catch (error) {
    throw unwritable(out, error);
  }
}

function realOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return resolve(path);
  }
}

const unwritable = (out: string, error: unknown) =>
  new Problem('unwritable', `${out} cannot be written: ${messageOf(error)}.`, { cause: error });

function commentsOn(explained: readonly Explained[]): Comments {
  const comments: Comments = new Map();
  const say = (packet: PacketEvent | undefined, text: string) => {
    if (packet === undefined) return;
    const ofFile = comments.get(packet.file) ?? new Map<string, string[]>();
    comments.set(packet.file, ofFile);
    const identity = identityOf(packet);
    const said = ofFile.get(identity) ?? [];
    if (!said.includes(text)) ofFile.set(identity, [...said, text]);
  };
  for (const { finding, examined } of explained) {
    for (const { story, facts, judgement, suspects } of examined) {
      const { lost, packets, resets } = story;
      const ends = `${lost.client === null ? 'a client' : formatEndpoint(lost.client)} > ${formatEndpoint(lost.target)}`;
      say(packets[0], `netdebug: here begins what is known of ${ends}, which was lost (${lost.failure})`);
      const cause = judgement.cause?.model.cause ?? 'unknown';
      const because = [...suspects.excluded].map(
        ([author, why]) => `not ${authorWords[author]}: ${why.because}`,
      );
      say(
        resets[0] ?? packets.at(-1),
        [
          `netdebug: ${ends} was lost here (${lost.failure})`,
          `cause: ${cause} (${judgement.causeCertainty})`,
          `ended by: ${authorWords[judgement.author]} (${judgement.authorCertainty})`,
          finding.sentence,
          ...because,
        ].join('\n'),
      );
      // A fact's evidence is the packet's own line.
      const byText = new Map(packets.map((packet) => [packet.text, packet]));
      for (const [name, fact] of Object.entries(facts))
        if (fact.seen === 'yes')
          for (const { text } of fact.evidence) say(byText.get(text), `netdebug: seen here: ${name}`);
    }
  }
  return comments;
}
