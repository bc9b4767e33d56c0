// What is said of many incidents with one cause: who, how sure, the evidence for it and against the next best.
import type { EvidenceItem, Finding } from '../../model/run-record.ts';
import type { CauseModel } from './cause-model.ts';
import { observations, type ObservationName } from '../facts/index.ts';
import { findMove } from '../facts/port.ts';
import { wantedWords } from '../witness-words.ts';
import type { Score, Sightings } from './score.ts';
import { showConnection } from './show-connection.ts';
import type { Story } from '../connections/story.ts';

/** An incident with everything that was seen of it and how well each cause explains that. */
export interface Scored {
  readonly story: Story;
  readonly sightings: Sightings;
  /** Best first. */
  readonly scores: readonly Score[];
}

/** One finding for incidents that have the same cause. `scored` is not empty. */
export function findingOf(model: CauseModel, scored: readonly Scored[]): Finding {
  const ofModel = ({ scores }: Scored) => scores.find((score) => score.model === model);
  const sure = scored.map((one) => ofModel(one)?.probability ?? 0).sort((a, b) => a - b);
  const shown = clearest(model, scored);
  const evidence = evidenceFor(model, shown.sightings);
  const runnerUp = shown.scores.find((score) => score.model !== model);
  return {
    cause: model.cause,
    author: model.author,
    confidence: round(sure[Math.floor(sure.length / 2)] ?? 0),
    classes: classesOf(scored),
    connections: scored.length,
    sentence: model.sentence(scored.map((one) => one.story)),
    observations: weighed(model, shown.sightings),
    evidence,
    shown: showConnection(
      shown.story,
      model.needs.includes('rule moved the port') ? findMove(shown.story) : undefined,
    ),
    against: runnerUp === undefined ? null : against(runnerUp.model, shown.sightings),
    missing: missingSources(shown.sightings, evidence),
    fixes: [...model.fixes],
  };
}

/** The incident that stands for the others: one whose evidence all comes before the failure, as far as there is one. */
function clearest(model: CauseModel, scored: readonly Scored[]): Scored {
  const rank = (one: Scored): number => {
    const { failed } = one.story.incident;
    const inOrder = evidenceFor(model, one.sightings).every((item) => item.at <= failed.at);
    const logOdds = one.scores.find((score) => score.model === model)?.logOdds ?? 0;
    return logOdds + (inOrder ? 1_000 : 0);
  };
  const ranked = scored.map((one) => ({ one, rank: rank(one) }));
  return ranked.reduce((best, other) => (other.rank > best.rank ? other : best)).one;
}

/** What is worth showing of a failure whose cause is open: how it ended, and what its RST looked like. */
const ofAnyFailure: readonly ObservationName[] = [
  'reset of a missing socket',
  'reset of a live socket',
  'reset has another TTL',
  'was reset',
  'was closed',
  'timed out',
];

/** The finding for incidents that nothing explains; it says which evidence would decide. `scored` is not empty. */
export function unknownFinding(scored: readonly Scored[]): Finding {
  const [first] = scored;
  const evidence = first === undefined ? [] : seenEvidence(first.sightings, ofAnyFailure);
  const missing = first === undefined ? [] : missingSources(first.sightings, evidence);
  const wanted =
    missing.length === 0 ? 'nothing that was recorded fits them' : `what would decide: ${missing.join('; ')}`;
  return {
    cause: 'unknown',
    author: 'unknown',
    confidence: 0,
    classes: classesOf(scored),
    connections: scored.length,
    sentence: `${scored.length === 1 ? '1 failed connection is' : `${scored.length} failed connections are`} not explained; ${wanted}.`,
    observations: [],
    evidence,
    shown: first && showConnection(first.story, undefined),
    against: null,
    missing,
    fixes: [],
  };
}

const classesOf = (scored: readonly Scored[]) =>
  [...new Set(scored.map(({ story }) => story.incident.failed.class))].sort();

/** The observations that speak for a cause, heaviest first, as evidence; the client's own line comes last in any case. */
function evidenceFor(model: CauseModel, sightings: Sightings): EvidenceItem[] {
  const names = Object.entries(model.weights)
    .filter(([name, weight]) => weight[0] > 0 && sightings[name as ObservationName].seen === 'yes')
    .sort(([, a], [, b]) => b[0] - a[0])
    .map(([name]) => name as ObservationName);
  const items = seenEvidence(sightings, [...names, 'was reset', 'was closed', 'timed out']);
  return items.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
}

function seenEvidence(sightings: Sightings, names: readonly ObservationName[]): EvidenceItem[] {
  const items = new Map<string, EvidenceItem>();
  for (const name of names) {
    const sighting = sightings[name];
    if (sighting.seen !== 'yes') continue;
    for (const item of sighting.evidence) items.set(`${item.source} ${item.at} ${item.text}`, item);
  }
  return [...items.values()];
}

/** What was seen and not seen, as far as the cause cares, with its weight. */
function weighed(model: CauseModel, sightings: Sightings): Finding['observations'] {
  return Object.entries(model.weights).flatMap(([name, [ifSeen, ifNot]]) => {
    const { seen } = sightings[name as ObservationName];
    const logOdds = seen === 'yes' ? ifSeen : seen === 'no' ? ifNot : 0;
    return logOdds === 0 ? [] : [{ name, seen: seen === 'yes', logOdds }];
  });
}

/** Why not the next best: what speaks against it. */
function against(model: CauseModel, sightings: Sightings): Finding['against'] {
  const speaking = weighed(model, sightings)
    .filter(({ logOdds }) => logOdds < 0)
    .sort((a, b) => a.logOdds - b.logOdds)
    .slice(0, 3)
    .map(({ name, seen }) => (seen ? name : `not: ${name}`));
  return { cause: model.cause, because: speaking };
}

/** Sources that did not run where the connection went, each named once; one that is quoted was there, whatever it could not tell. */
function missingSources(sightings: Sightings, quoted: readonly EvidenceItem[]): string[] {
  const sources = new Set(quoted.map(({ source }) => source));
  const missing = Object.keys(observations).flatMap((name) => {
    const sighting = sightings[name as ObservationName];
    if (sighting.seen !== 'unknown' || sighting.missing === null || sources.has(sighting.missing)) return [];
    return [wantedWords[sighting.missing]];
  });
  return [...new Set(missing)];
}

/** Never rounds up to certainty. */
const round = (probability: number) => Math.min(0.999, Math.round(probability * 1_000) / 1_000);
