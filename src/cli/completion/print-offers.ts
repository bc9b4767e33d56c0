// Answers a shell that asks what can stand at the cursor. Whatever fails offers nothing: nobody asked for a sentence.
import type { StartedAs } from '../../system/started-as.ts';
import { buildProgram } from '../program.ts';
import { print } from '../standard-output.ts';
import { offersAt } from './offers-at.ts';
import { bits, inProtocol } from './protocol.ts';

/** @param words Those behind the program's name, up to the cursor; the last one is unfinished, or empty. */
export async function printOffers(words: readonly string[], name: StartedAs): Promise<void> {
  try {
    const program = await buildProgram(words.slice(0, -1), name);
    print(inProtocol(await offersAt(program, words)));
  } catch {
    print(`:${bits.error}\n`);
  }
}
