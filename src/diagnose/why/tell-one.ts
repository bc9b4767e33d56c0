// One lost connection told by itself, as a live watch does, in the words that a finding has for many.
import type { Finding } from '../../model/run-record.ts';
import { authorInWords, processOf } from '../who/author-in-words.ts';
import { findingOf, openFinding, type Examined } from './findings.ts';

interface ToldOne {
  /** Of this one connection: author and cause with how sure, exclusions, rivals, evidence, fixes. */
  readonly finding: Finding;
  /** Who it was, in words, with the process where it is known. */
  readonly author: string;
  /** Whose socket each end was; null where nobody told. */
  readonly client: ReturnType<typeof processOf>;
  readonly server: ReturnType<typeof processOf>;
}

export function tellOne(one: Examined): ToldOne {
  const { story, judgement } = one;
  const model = judgement.cause?.model;
  return {
    finding: model === undefined ? openFinding([one]) : findingOf(model, [one]),
    author: authorInWords(judgement.author, story),
    client: processOf(story, 'client'),
    server: processOf(story, 'server'),
  };
}
