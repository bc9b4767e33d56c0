// The images of the Dockerfile, built by buildah without a daemon, each as an OCI archive: what `podman load`, `ctr images import` and
// `skopeo copy` take.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Enums } from '@cyclonedx/cyclonedx-library';
import { Problem } from '../../src/model/problem.ts';
import { buildahIn, type Buildah } from './buildah.ts';
import { packFolder } from './pack.ts';
import type { Part } from './sbom/document.ts';
import { imageParts } from './sbom/image.ts';

const targets = ['netdebug', 'observer'] as const;
export type Target = (typeof targets)[number];

export interface ImageBuild {
  /** The checkout. */
  readonly root: string;
  /** An image in the storage of buildah. */
  readonly base: string;
  /** Seconds: what is made is called that old. */
  readonly epoch: number;
}

/** Builds a target of the Dockerfile, and returns the image's name. Pulls nothing. */
export function buildTarget(buildah: Buildah, target: Target, { root, base, epoch }: ImageBuild): string {
  const image = `localhost/${target}`;
  buildah(
    ...['build', '--quiet', '--isolation', 'chroot', '--network', 'host', '--pull-never', '--target', target],
    ...['--timestamp', String(epoch), '--build-arg', `BASE_IMAGE=${base}`],
    ...['--tag', image, '--file', join(root, 'Dockerfile'), root],
  );
  return image;
}

/** Writes the image as an archive to `file`, called `name` in it, and returns the digest of its manifest. */
function archiveImage(
  buildah: Buildah,
  image: string,
  to: { readonly file: string; readonly name: string; readonly epoch: number },
): string {
  const folder = mkdtempSync(join(tmpdir(), 'netdebug-oci-'));
  try {
    // buildah's own archive has the times of its files in it.
    buildah('push', '--quiet', image, `oci:${folder}:${to.name}`);
    packFolder(folder, to.file, to.epoch, { zipped: false });
    const { manifests } = JSON.parse(readFileSync(join(folder, 'index.json'), 'utf8')) as {
      manifests: { digest: string }[];
    };
    return manifests[0]?.digest ?? '';
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Calls `use` with the folder in which the image's files are. */
export function withFiles<T>(buildah: Buildah, image: string, use: (folder: string) => T): T {
  const container = buildah('from', '--pull-never', image).trim();
  try {
    return use(buildah('mount', container).trim());
  } finally {
    buildah('umount', container);
    buildah('rm', container);
  }
}

export interface MadeImage {
  /** The archive. */
  readonly file: string;
  readonly subject: Part;
  /** Those that are not the program's. */
  readonly parts: readonly Part[];
}

/**
 * Builds both images on `base`, which is anything that buildah pulls (docker.io/library/node:24-slim, oci-archive:FILE), and writes their
 * archives to `out`. Throws a missing Problem where there is no such base, or no buildah.
 */
export function makeImages(
  release: Omit<ImageBuild, 'base'> & {
    readonly base: string;
    readonly version: string;
    readonly out: string;
  },
  say: (what: string) => void,
): MadeImage[] {
  const work = mkdtempSync(join(tmpdir(), 'netdebug-images-'));
  const buildah = buildahIn(work);
  try {
    const base = pulled(buildah, release.base);
    return targets.map((target) => {
      say(`the image ${target}`);
      const image = buildTarget(buildah, target, { ...release, base });
      const what = target === 'netdebug' ? 'image' : `${target}-image`;
      const { version, epoch } = release;
      const { OCIv1 } = JSON.parse(buildah('inspect', '--type', 'image', image)) as {
        OCIv1: { architecture: string };
      };
      const file = `netdebug-${what}-${version}-linux-${OCIv1.architecture}.tar`;
      const tag = target === 'netdebug' ? version : `${version}-${target}`;
      const path = join(release.out, file);
      const digest = archiveImage(buildah, image, { file: path, name: `netdebug:${tag}`, epoch });
      const purl = { type: 'oci', version: digest, qualifiers: { arch: OCIv1.architecture, tag } };
      return {
        file,
        subject: {
          ...{ type: Enums.ComponentType.Container, name: 'netdebug', version: tag, purl },
          license: 'Apache-2.0',
        },
        parts: withFiles(buildah, image, imageParts),
      };
    });
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function pulled(buildah: Buildah, image: string): string {
  try {
    return buildah('pull', '--quiet', image).trim();
  } catch (error) {
    throw new Problem('missing', `--base-image ${image}: buildah cannot pull it.`, { cause: error });
  }
}
