// What is said of many lost connections with one cause: who and why, each with how sure, what excludes the others, and the evidence.
import type { Author } from '../../model/author.ts';
import { certainties, type Certainty } from '../../model/certainty.ts';
import type { EvidenceItem, Finding } from '../../model/run-record.ts';
import type { Story } from '../connections/story.ts';
import { byStamp } from '../connections/time-range.ts';
import { facts as allFacts, type FactName, type Facts } from '../facts/index.ts';
import { findMove } from '../facts/port.ts';
import { partsOf, type Suspects } from '../who/suspects.ts';
import { wantedWords } from '../witness-words.ts';
import type { CauseModel } from './cause-model.ts';
import { lookedForInVain, type Judgement, type Standing } from './judge-causes.ts';
import { showConnection, showPackets } from './show-connection.ts';

/** A lost connection with everything that was seen of it and what follows from that. */
export interface Examined {
  readonly story: Story;
  readonly facts: Facts;
  readonly suspects: Suspects;
  readonly judgement: Judgement;
}

/** One finding for connections that have the same cause. `examined` is not empty. */
export function findingOf(model: CauseModel, examined: readonly Examined[]): Finding {
  const shown = clearest(examined);
  const { judgement, facts } = shown;
  const signs = judgement.cause?.signs ?? [];
  const evidence = evidenceFor(signs, facts);
  const author = mostNamed(examined);
  const certaintyOf = (of: (one: Judgement) => Certainty) => middle(examined.map((one) => of(one.judgement)));
  return {
    cause: model.cause,
    author,
    certainty: {
      cause: certaintyOf(({ causeCertainty }) => causeCertainty),
      author: certaintyOf((one) => (one.author === author ? one.authorCertainty : 'open')),
    },
    classes: classesOf(examined),
    connections: examined.length,
    ended: endedOf(examined),
    sentence: model.sentence(examined.map(({ story }) => story)),
    ...remains(shown),
    evidence,
    shown: showConnection(
      shown.story,
      signs.includes('rule moved the port') ? findMove(shown.story) : undefined,
    ),
    ...ladderOf(showPackets(shown.story)),
    missing: missingSources(shown, evidence),
    fixes: [...model.fixes],
  };
}

/** Connections without a cause, in groups of which the same is open: a finding names nobody, and no causes, for one that it is not true of. */
export function openAlike(examined: readonly Examined[]): Examined[][] {
  const leftOf = ({ suspects, judgement }: Examined) => [
    ...[suspects.left, suspects.contradiction.map(({ because }) => because)],
    ...[judgement.authorCertainty, judgement.rivals.map(({ model }) => model.cause)],
  ];
  return [...Map.groupBy(examined, (one) => JSON.stringify(leftOf(one))).values()];
}

/**
 * The finding for connections that no cause explains, or several, and of which the same is open; it says which evidence would decide.
 * `examined` is not empty.
 */
export function openFinding(examined: readonly Examined[]): Finding {
  const shown = clearest(examined);
  const { author, authorCertainty } = shown.judgement;
  const evidence = evidenceFor(ofAnyLoss, shown.facts);
  const missing = missingSources(shown, evidence);
  const rivals = shown.judgement.rivals.map(({ model }) => model.cause);
  const many = examined.length === 1 ? '1 lost connection is' : `${examined.length} lost connections are`;
  const open =
    rivals.length === 0 ? 'not explained' : `open: ${rivals.join(' or ')} would explain what was seen`;
  const wanted =
    missing.length === 0 ? 'nothing that was recorded fits them' : `what would decide: ${missing.join('; ')}`;
  return {
    cause: 'unknown',
    author,
    certainty: { cause: 'open', author: authorCertainty },
    classes: classesOf(examined),
    connections: examined.length,
    ended: endedOf(examined),
    sentence: `${many} ${open}; ${contradictionOf(shown) ?? wanted}.`,
    ...remains(shown),
    evidence,
    shown: showConnection(shown.story, undefined),
    ...ladderOf(showPackets(shown.story)),
    missing,
    fixes: [],
  };
}

/** Which witnesses cannot all be right; null where somebody is left who can have ended the connection. */
function contradictionOf({ suspects: { contradiction } }: Examined): string | null {
  if (contradiction.length === 0) return null;
  const said = contradiction.map(({ because }) => because).join('; but ');
  return `the witnesses contradict each other, so that nobody is left: ${said}`;
}

/** What is worth showing of a loss whose cause is open: how it ended, and what its RST looked like. */
const ofAnyLoss: readonly FactName[] = [
  'RST without a socket',
  'RST of a live socket',
  'RST has another TTL',
  "RST left the server's pod",
  'RST made on the node',
  'sender is the node itself',
  'closed before the question',
  'lost only after long idle',
  'idle bound parts them',
];
const endings: readonly FactName[] = ['was reset', 'was refused', 'was closed', 'timed out'];

/** No key where there is nothing to draw: what is read from a record is the same as what was written. */
const ladderOf = (ladder: Finding['ladder']) => (ladder === undefined ? {} : { ladder });

/** Who and what is left and who is not, of the connection that stands for the others. */
function remains({
  suspects,
  judgement,
  facts,
}: Examined): Pick<Finding, 'suspects' | 'exclusions' | 'rivals'> {
  return {
    suspects: [...suspects.left],
    exclusions: [...suspects.excluded].map(([author, { because, basis }]) => ({ author, because, basis })),
    rivals: judgement.rivals.map((rival) => ({
      ...{ cause: rival.model.cause, because: standingWords(rival) },
      unseen: [...new Set(lookedForInVain([rival], facts))].map((one) => wantedWords[one]),
    })),
  };
}

const standingWords = ({ is, signs }: Standing): string =>
  is === 'possible' ? 'nobody could have seen what it shows' : signs.join(', ');

/** The connection that stands for the others: the surest, and of these one whose evidence all comes before the loss. */
function clearest(examined: readonly Examined[]): Examined {
  const rank = ({ judgement, facts, story }: Examined): number => {
    const { cause, causeCertainty, authorCertainty } = judgement;
    const lostAt = story.lost.report?.at;
    const inOrder =
      lostAt === undefined || evidenceFor(cause?.signs ?? [], facts).every(({ at }) => at <= lostAt);
    return 4 * weakness(causeCertainty) + 2 * weakness(authorCertainty) + (inOrder ? 0 : 1);
  };
  const ranked = examined.map((one) => ({ one, rank: rank(one) }));
  return ranked.reduce((best, other) => (other.rank < best.rank ? other : best)).one;
}

const weakness = (certainty: Certainty): number => certainties.indexOf(certainty);

/** What at least half of them have, or better. */
function middle(all: readonly Certainty[]): Certainty {
  const sorted = all.toSorted((a, b) => weakness(a) - weakness(b));
  return sorted[Math.ceil(sorted.length / 2) - 1] ?? 'open';
}

function mostNamed(examined: readonly Examined[]): Author {
  const counts = Map.groupBy(examined, ({ judgement }) => judgement.author);
  const named = [...counts].filter(([author]) => author !== 'unknown');
  return named.sort(([, a], [, b]) => b.length - a.length)[0]?.[0] ?? 'unknown';
}

const classesOf = (examined: readonly Examined[]) =>
  [...new Set(examined.map(({ story }) => story.lost.group))].sort();

/** How many ended in which way. */
function endedOf(examined: readonly Examined[]): NonNullable<Finding['ended']> {
  const byKind = Map.groupBy(examined, ({ story }) => story.lost.failure);
  return Object.fromEntries([...byKind].map(([kind, own]) => [kind, own.length]));
}

/** The lines of the signs, with those of the ending in any case, in order of time. */
function evidenceFor(signs: readonly string[], facts: Facts): EvidenceItem[] {
  // The RST itself is the evidence for who, whatever the cause is shown by.
  const names = [
    ...signs.filter((sign) => !sign.startsWith('not ')),
    'RST on the wire',
    'ICMP error seen',
    'rejected just as many',
    'next attempt refused by ICMP',
    'agent restarted',
    ...endings,
  ] as FactName[];
  const items = new Map<string, EvidenceItem>();
  for (const name of names) {
    const fact = facts[name];
    if (fact.seen !== 'yes') continue;
    for (const item of fact.evidence) items.set(`${item.source} ${item.at} ${item.text}`, item);
  }
  return [...items.values()].map(({ source, at, text, file }) => ({ source, at, text, file })).sort(byStamp);
}

/** Witnesses that did not run where the connection went, each named once; those that would decide between rivals first. */
function missingSources({ facts, judgement }: Examined, quoted: readonly EvidenceItem[]): string[] {
  const sources = new Set<string>(quoted.map(({ source }) => source));
  const deciding = lookedForInVain(judgement.rivals, facts);
  const others = Object.keys(allFacts).flatMap((name) => {
    const fact = facts[partsOf(name as FactName)[0]];
    return fact.seen === 'unknown' && fact.missing !== null ? [fact.missing] : [];
  });
  const wanted = [...deciding, ...others].filter((one) => !sources.has(one));
  return [...new Set(wanted.map((one) => wantedWords[one]))];
}
