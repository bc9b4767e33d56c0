// Histories with a difference: how soon is it seen?
import { exponential } from './chance.ts';
import type { Setting } from './history.ts';
import { historyOf, onOneSide, type SimulatedTrigger } from './triggers.ts';

export const ratios = [1, 2, 4, 10, Number.POSITIVE_INFINITY] as const;

export const ratioName = (ratio: number): string => (Number.isFinite(ratio) ? String(ratio) : '∞');

/** The co-located class's share of all episodes when it is hit `ratio` times as often. */
export const shareAt = (ratio: number): number => 1 - 1 / (1 + ratio);

/** The co-located class is hit once a minute on average, `ratio` times as often as the remote one; Infinity spares that. */
export function alternative(ratio: number, episodes: number): Setting {
  const gap = 60 / (1 + 1 / ratio);
  return {
    name: ratioName(ratio),
    about: `the co-located class is hit ${ratioName(ratio)} times as often`,
    draw: (random) => {
      const triggers: SimulatedTrigger[] = [];
      let at = 10;
      for (let n = 0; n < episodes; n += 1) {
        at += gap * exponential(random);
        triggers.push(onOneSide(random, at, 4, shareAt(ratio)));
      }
      return historyOf(random, triggers, { connections: [4, 4], from: [0, 0], until: at + 10 });
    },
  };
}
