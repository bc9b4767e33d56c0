// What a netlink tool's kernel had before the tool listened: connections that translation had moved long ago are told of like new ones.
import { formatMicros } from '../model/clock.ts';
import type { LineEvent } from '../model/node-event.ts';
import { messageOf } from '../model/problem.ts';
import { endingWithUs } from '../system/ending-with-us.ts';
import { startProgram } from '../system/process.ts';
import { splitLines } from '../system/split-lines.ts';
import type { WitnessContext } from './witness.ts';

export interface PresentEntries {
  /** Each prints a line for each entry, and ends. */
  readonly argvs: (netns: string | null) => readonly (readonly string[])[];
  /** @param at When the listing began. Undefined for a line that says nothing. */
  readonly parse: (line: string, at: string) => LineEvent | undefined;
  /** The same for a listed entry and for what is told of it when it is made. */
  readonly identity: (told: LineEvent) => string;
}

/** A node with more has them of others than who looks: what is told of them would fill the evidence. */
const mostListed = 50_000;

/**
 * Tells of each that is there, as of the moment at which this began. Never rejects: what cannot be listed is said.
 *
 * @param isNews Whether it was told of since that moment, by its identity.
 */
export async function listPresent(
  { netns, clock, limited }: Pick<WitnessContext, 'netns' | 'clock' | 'limited'>,
  { argvs, parse, identity }: PresentEntries,
  isNews: (identity: string) => boolean,
  tell: (told: LineEvent, line: string) => void,
): Promise<void> {
  const at = formatMicros(clock.now());
  let [told, leftOut] = [0, 0];
  const onLine = (line: string) => {
    const said = parse(line, at);
    if (said === undefined || isNews(identity(said))) return;
    if (told >= mostListed) {
      leftOut += 1;
      return;
    }
    told += 1;
    tell(said, line);
  };
  for (const argv of argvs(netns)) {
    try {
      const program = startProgram(endingWithUs(argv), { onStdout: splitLines(onLine) });
      const { exitCode } = await program.exited;
      if (exitCode !== 0) throw new Error(program.lastWords() || `it ended with ${exitCode ?? 'a signal'}`);
    } catch (error) {
      limited(`what was there before is not known: "${argv.join(' ')}": ${messageOf(error)}`, null, []);
    }
  }
  if (leftOut > 0)
    limited(`of what was there before ${told} entries are told, and ${leftOut} are not`, null, []);
}
