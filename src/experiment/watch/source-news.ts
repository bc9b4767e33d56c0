// What witnesses say of themselves: all of it at the start, and later only what is new.
import { missingWitness, missingWitnesses, type MissingWitness } from '../../model/missing-witness.ts';
import type { SourceEvent } from '../../model/node-event.ts';

export interface SourceNews {
  hear(event: SourceEvent): void;
  /** Every witness has said whether it runs: by name those that do, and what is missing. From now on what is new is told. */
  begin(): { readonly running: readonly string[]; readonly missing: readonly MissingWitness[] };
}

/** What fails again and again is told once, whatever its numbers. */
export function createSourceNews(tell: (missing: MissingWitness) => void): SourceNews {
  const first: SourceEvent[] = [];
  const told = new Set<string>();
  let hasBegun = false;
  return {
    hear(event) {
      if (!hasBegun) {
        first.push(event);
        return;
      }
      const missing = missingWitness(event.node, event);
      if (missing === undefined || told.has(keyOf(missing))) return;
      told.add(keyOf(missing));
      tell(missing);
    },
    begin() {
      hasBegun = true;
      const missing = missingWitnesses(first);
      for (const one of missing) told.add(keyOf(one));
      const last = new Map(
        first.filter(({ state }) => state !== 'limited').map(({ source, state }) => [source, state]),
      );
      const running = [...last].filter(([, state]) => state === 'started').map(([name]) => name);
      return { running, missing };
    },
  };
}

const keyOf = ({ witness, reason }: MissingWitness) => `${witness} ${reason.replace(/[0-9]+/g, '#')}`;
