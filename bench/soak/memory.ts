// Memory and descriptors of a lab run's clients and servers while it goes on.
import { readdirSync, readFileSync } from 'node:fs';
import { familyOf, privateOf } from '../probing/process.ts';
import { median } from '../probing/spread.ts';

export interface Sample {
  /** The client's class, or `server`. */
  readonly name: string;
  readonly atSeconds: number;
  readonly kib: number;
  readonly descriptors: number;
}

export interface Growth {
  readonly name: string;
  /** Medians of the second and the last fifth of the time: the first has the heap's own growth. */
  readonly earlyKib: number;
  readonly lateKib: number;
  readonly earlyDescriptors: number;
  readonly lateDescriptors: number;
  /** By more than a tenth. */
  readonly grew: boolean;
}

/** Those clients and servers of the run that are there now. */
export function sampleProbes(labPid: number): Omit<Sample, 'atSeconds'>[] {
  try {
    return familyOf(labPid).flatMap((pid) => {
      const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
      const name = words.includes('client')
        ? words[words.indexOf('--class') + 1]
        : words.includes('server')
          ? 'server'
          : undefined;
      // `ip netns exec` becomes the program, so that each is there once.
      if (name === undefined || !words.includes('--events')) return [];
      return [{ name, kib: privateOf(pid), descriptors: readdirSync(`/proc/${pid}/fd`).length }];
    });
  } catch {
    // A process ended between two looks.
    return [];
  }
}

export function growthOf(samples: readonly Sample[], durationSeconds: number): Growth[] {
  const names = [...new Set(samples.map(({ name }) => name))].toSorted();
  return names.map((name) => {
    const part = (from: number, to: number) =>
      samples.filter(
        ({ name: other, atSeconds }) =>
          other === name && atSeconds >= from * durationSeconds && atSeconds < to * durationSeconds,
      );
    const [early, late] = [part(0.2, 0.4), part(0.8, 1)];
    const earlyKib = median(early.map(({ kib }) => kib));
    const lateKib = median(late.map(({ kib }) => kib));
    const earlyDescriptors = median(early.map(({ descriptors }) => descriptors));
    const lateDescriptors = median(late.map(({ descriptors }) => descriptors));
    // Nothing measured is no proof either.
    const flat = lateKib <= 1.1 * earlyKib && lateDescriptors <= 1.1 * earlyDescriptors;
    return { name, earlyKib, lateKib, earlyDescriptors, lateDescriptors, grew: !flat };
  });
}
