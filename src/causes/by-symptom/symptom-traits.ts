// What can be asked of every loss without knowing its cause: how it ended, when, of how many, where, and what a new connection does.
import { wordsOf } from './symptom-words.ts';

const ends = ['reset', 'refused', 'timeout', 'closed'] as const;
export type End = (typeof ends)[number];

/** What is not said is undefined. */
export interface Traits {
  /** How it ended, the first that is said first. */
  readonly ends: readonly End[];
  /** Whose program or log says so; the client's where nothing is said. */
  readonly seenBy?: 'server' | undefined;
  readonly when?: 'idle' | 'busy' | undefined;
  readonly spread?: 'together' | 'single' | undefined;
  readonly where?: 'one-node' | 'everywhere' | undefined;
  readonly fresh?: 'works' | 'fails' | undefined;
}

/** A trait's value, and what says it; the first that is found holds. */
type Sign<Value> = readonly [Value, RegExp];

const seenBySigns: readonly Sign<'server'>[] = [
  ['server', /\bfrom (?:a |the |its |some )?(?:clients?|client's)\b/],
  [
    'server',
    /\b(?:server|backend|database|postgres(?:ql)?|mysql|redis|broker)(?:'s)? (?:logs?|reports?|says|sees|reads)\b/,
  ],
];

const whenSigns: readonly Sign<'idle' | 'busy' | 'any'>[] = [
  ['any', /\b(?:also|even|or|and) (?:while|when) idle\b/],
  ['busy', /\b(?:never while idle|not (?:while )?idle|under (?:heavy |high )?load|high throughput)\b/],
  [
    'busy',
    /\bin the middle of\b|\bmid-?stream\b|\b(?:large|big) (?:file|upload|download|transfer|payload|response)s?\b/,
  ],
  ['idle', /\bidl(?:e|es|ing)\b|\binactiv(?:e|ity)\b|\bnot (?:been )?used\b|\b(?:no|without) traffic\b/],
  // A silence that follows is how it ends, not when.
  [
    'idle',
    /\b(?:after|was|were|been|stays?) (?:a |of |so |for )*(?:long |longer )?(?:silen(?:t|ce)|quiet)\b/,
  ],
];

const spreadSigns: readonly Sign<'together' | 'single'>[] = [
  [
    'together',
    /\ball (?:of them |connections |its connections )?(?:at once|at the same time|together|within)\b/,
  ],
  ['together', /\b(?:at once, all|all (?:of )?(?:its|the|their) connections|simultaneously)\b/],
  [
    'single',
    /\b(?:sporadic(?:ally)?|random(?:ly)?|intermittent(?:ly)?|occasional(?:ly)?|sometimes|rarely)\b/,
  ],
  ['single', /\b(?:now and then|from time to time|one by one)\b/],
];

const whereSigns: readonly Sign<'one-node' | 'everywhere'>[] = [
  [
    'one-node',
    /\b(?:same|one|own|single|this) node\b|\bsame host\b|\bother nodes (?:work|are fine|are spared)\b/,
  ],
  ['everywhere', /\b(?:all|every|whole) (?:nodes?|cluster)\b|\bwhole cluster\b/],
];

const anew = '(?:new connections?|reconnect(?:s|ing)?|retr(?:y|ies|ying)|connecting(?: again)?)';
const freshSigns: readonly Sign<'works' | 'fails'>[] = [
  ['works', new RegExp(`\\b(?:a )?${anew}(?: \\w+){0,2} (?:works?|succeeds?|helps?|ok|fine)\\b`)],
  ['fails', new RegExp(`\\b${anew}(?: \\w+){0,3} (?:times? out|timed out|refused|hangs?|fails?|dropped)\\b`)],
  [
    'fails',
    /\b(?:connect(?:ion)?|dial) (?:tcp )?(?:times? out|timed out|timeouts?|refused)\b|\bcannot connect\b/,
  ],
  ['fails', /\bsyns? (?:is|are|from|gets?) [^.]*dropped\b|\bstays in syn_sent\b/],
];

export function traitsIn(text: string): Traits {
  const lower = text.toLowerCase();
  const when = first(whenSigns, lower);
  return {
    ends: endsIn(text),
    seenBy: first(seenBySigns, lower),
    when: when === 'any' ? undefined : when,
    spread: first(spreadSigns, lower),
    where: first(whereSigns, lower),
    fresh: first(freshSigns, lower),
  };
}

function endsIn(text: string): End[] {
  // Clause by clause, as the words of one are in no order.
  const said = text.split(/[.;:,]/).flatMap((clause) => wordsOf(clause).map(({ means }) => means));
  return [...new Set(said.filter((means): means is End => (ends as readonly string[]).includes(means)))];
}

function first<Value>(signs: readonly Sign<Value>[], text: string): Value | undefined {
  return signs.find(([, pattern]) => pattern.test(text))?.[0];
}
