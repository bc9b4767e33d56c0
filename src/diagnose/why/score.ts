// From observations to a confidence: each cause adds up the log odds of what was seen and not seen, and they compete.
import type { CauseModel } from './cause-model.ts';
import { observations, type ObservationName } from '../facts/index.ts';
import type { Sighting } from '../facts/sighting.ts';
import type { Story } from '../connections/story.ts';

export type Sightings = Readonly<Record<ObservationName, Sighting>>;

/** How well one cause explains an incident. */
export interface Score {
  readonly model: CauseModel;
  /** Sum of log odds, prior included. */
  readonly logOdds: number;
  /** Its share of the probability among all causes and "none of them". */
  readonly probability: number;
}

// Before anything is seen no cause is likelier than "something else": a name must be earned.
const priorLogOdds = -3;

/** Looks for everything in a story. */
export function observe(story: Story): Sightings {
  return Object.fromEntries(
    Object.entries(observations).map(([name, look]) => [name, look(story)]),
  ) as unknown as Sightings;
}

/** All causes, best first. The probabilities and that of "none of them" (log odds 0) add up to 1. */
export function scoreCauses(sightings: Sightings, models: readonly CauseModel[]): Score[] {
  return compete(models.map((model) => ({ model, logOdds: priorLogOdds + evidenceFor(model, sightings) })));
}

/** Gives each cause its share of the probability by its log odds. */
export function compete(sums: readonly Pick<Score, 'model' | 'logOdds'>[]): Score[] {
  const highest = Math.max(0, ...sums.map(({ logOdds }) => logOdds));
  const total = sums.reduce((sum, { logOdds }) => sum + Math.exp(logOdds - highest), Math.exp(-highest));
  return sums
    .map(({ model, logOdds }) => ({ model, logOdds, probability: Math.exp(logOdds - highest) / total }))
    .sort((a, b) => b.logOdds - a.logOdds);
}

function evidenceFor(model: CauseModel, sightings: Sightings): number {
  let sum = 0;
  for (const [name, weight] of Object.entries(model.weights)) {
    const { seen } = sightings[name as ObservationName];
    if (seen === 'yes') sum += weight[0];
    else if (seen === 'no') sum += weight[1];
  }
  const founded = model.needs.some((name) => sightings[name].seen === 'yes');
  return founded ? sum : Math.min(sum, -priorLogOdds - 1);
}
