// One row of the table of facts: the smallest story in which a fact is seen, not seen by who would have seen it, and unknowable.
import type { Wanted } from '../../../src/diagnose/witness-words.ts';
import type { NodeEvent } from '../../../src/model/node-event.ts';
import type { ProbeEvent } from '../../../src/model/probe-event.ts';

export interface Told {
  readonly nodes?: readonly NodeEvent[];
  readonly probes?: readonly ProbeEvent[];
}
export type Unknowable = Told & { readonly missing: Wanted | null };
/** A text in place of a story says why there can be none. */
export interface Row {
  readonly seen: Told | string;
  readonly notSeen: Told | string;
  readonly unknowable: Unknowable | string;
}
