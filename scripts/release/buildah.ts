// buildah with a storage of its own, so that nothing of it stays on the machine.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** Runs buildah and returns what it prints; throws with its own words when it fails. */
export type Buildah = (...words: readonly string[]) => string;

/** @param work The storage goes below it. The driver vfs works wherever root may write. */
export function buildahIn(work: string): Buildah {
  const where = ['--root', join(work, 'storage'), '--runroot', join(work, 'run'), '--storage-driver', 'vfs'];
  return (...words) =>
    execFileSync('buildah', [...where, ...words], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
      maxBuffer: 2 ** 26,
    });
}

export interface ImageConfig {
  readonly Entrypoint: readonly string[];
  readonly Cmd: readonly string[];
  readonly User: string;
}

export function imageConfig(buildah: Buildah, image: string): ImageConfig {
  const inspected = JSON.parse(buildah('inspect', '--type', 'image', image)) as {
    OCIv1: { config: ImageConfig };
  };
  return inspected.OCIv1.config;
}
