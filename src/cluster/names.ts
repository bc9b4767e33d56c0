// What a run calls the things it creates, so that it can find exactly those again.

/** On every object of a run; the value is the run's id. `cleanup` looks for the label alone. */
export const runLabel = 'netdebug-run';

/** The container of every pod of ours. */
export const containerName = 'netdebug';

export const clientComponents = ['co-located-client', 'remote-client'] as const;
export type ClientComponent = (typeof clientComponents)[number];
export type Component = 'server' | ClientComponent | 'observer';

/** The class that a component's clients report as. */
export const classOf: Readonly<Record<ClientComponent, string>> = {
  'co-located-client': 'co-located',
  'remote-client': 'remote',
};

/** The selector of one run's objects. */
export const ofRun = (runId: string) => `${runLabel}=${runId}`;

const alphabet = 'abcdefghijkmnpqrstuvwxyz23456789';

/** Six characters that may end an object's name. `random` gives numbers in [0, 1). */
export function newRunId(random: () => number): string {
  return Array.from({ length: 6 }, () => alphabet[Math.floor(random() * alphabet.length)] ?? 'a').join('');
}
