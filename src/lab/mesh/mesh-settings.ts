// What a run of the mesh in the lab is made of.

/** As plain data, for the inside of the world; times in milliseconds. */
export interface MeshSettings {
  readonly nodes: number;
  readonly podsPerNode: number;
  readonly conflict: readonly string[];
  readonly lose: readonly string[];
  readonly durationMs: number;
  readonly periodMs: number;
  readonly speed: number;
  readonly targets: number;
  readonly seed: number;
  readonly rules: readonly string[];
  /** The run's folder; null when the world is only built. */
  readonly folder: string | null;
}
