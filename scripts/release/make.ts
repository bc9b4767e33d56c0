// Puts all that a release consists of into one folder, each part the same however often it is made of one commit.
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Binary } from './binaries.ts';
import { chartName, writeChart } from './chart.ts';
import { completions } from './completions.ts';
import { makeDebian } from './debian.ts';
import { makeImages } from './images.ts';
import { krewManifest, programFile, type Archive } from './krew.ts';
import { manPages } from './man-pages.ts';
import { packFolder, sha256 } from './pack.ts';
import { bundledParts, nodePart, nodeVersionIn } from './sbom/bundled.ts';
import { programPart, sbomOf, type Part } from './sbom/document.ts';

export interface Release {
  /** The checkout. */
  readonly root: string;
  /** An empty folder. */
  readonly out: string;
  readonly version: string;
  /** Seconds: the commit's time. */
  readonly epoch: number;
  /** Where the files will be, without a slash at its end. */
  readonly baseUrl: string;
  /** The one files, which are made elsewhere. */
  readonly programs: {
    readonly binaries: readonly Binary[];
    /** The licences of what is in them. */
    readonly notices: string;
    readonly maintainer: string;
  } | null;
  /** On which the images are built; null for no images. */
  readonly baseImage: string | null;
}

/** Calls `say` with a word on each part before it is made. */
export async function makeRelease(release: Release, say: (what: string) => void): Promise<void> {
  const { root, out, version, epoch } = release;
  const read = (name: string) => readFileSync(join(root, name), 'utf8');
  const pages = await manPages({ version, date: new Date(epoch * 1_000).toISOString().slice(0, 10) });

  const libraries = await bundledParts(root);
  /** Beside the file that it is of, under its name. */
  const bill = (file: string, subject: Part, parts: readonly Part[]) => {
    const name = file.replace(/[.](tgz|tar|tar[.]gz)$/, '.cdx.json');
    writeFileSync(join(out, name), sbomOf({ ...subject, sha256: sha256(join(out, file)) }, parts, epoch));
  };

  say('the npm package');
  npmPackage(root, out);
  bill(`netdebug-${version}.tgz`, programPart(version), libraries);
  say('manual pages and completions');
  packed(join(out, `netdebug-man-${version}.tar.gz`), epoch, (folder) => putAll(folder, pages));
  packed(join(out, `netdebug-completions-${version}.tar.gz`), epoch, (folder) =>
    putAll(folder, new Map(completions.map(({ shell, file, text }) => [`${shell}/${file}`, text]))),
  );
  say('the chart');
  packed(join(out, `${chartName}-${version}.tgz`), epoch, (folder) => {
    const chart = writeChart(join(root, 'manifests/mesh'), version, folder);
    copyFileSync(join(root, 'LICENSE'), join(chart, 'LICENSE'));
  });

  if (release.programs !== null) {
    const { binaries, notices, maintainer } = release.programs;
    const archives: Archive[] = [];
    for (const { os, arch, path } of binaries) {
      say(`the program for ${os}-${arch}`);
      const file = `netdebug-${version}-${os}-${arch}.tar.gz`;
      packed(join(out, file), epoch, (folder) => {
        copyFileSync(path, join(folder, programFile));
        chmodSync(join(folder, programFile), 0o755);
        putAll(
          folder,
          new Map([
            ['LICENSE', read('LICENSE')],
            ['NOTICES', notices],
          ]),
        );
      });
      archives.push({ os, arch, file, sha256: sha256(join(out, file)) });
      bill(file, programPart(version), [...libraries, ...nodePartsIn(path)]);
      if (os !== 'linux') continue;
      say(`the Debian package for ${arch}`);
      const changes = read('CHANGELOG.md');
      makeDebian({ version, arch, maintainer, epoch, binary: path, notices, manPages: pages, changes }, out);
    }
    writeFileSync(join(out, 'netdebug.yaml'), krewManifest(version, release.baseUrl, archives));
  }

  if (release.baseImage === null) say('no images: --base-image names none to build them on');
  else
    for (const { file, subject, parts } of makeImages({ ...release, base: release.baseImage }, say))
      bill(file, subject, [programPart(version, libraries), ...parts]);

  const sums = readdirSync(out)
    .sort()
    .map((name) => `${sha256(join(out, name))}  ${name}\n`);
  writeFileSync(join(out, 'SHA256SUMS'), sums.join(''));
}

/** What a Node.js of another version than ours is made of is not known here. */
function nodePartsIn(binary: string): Part[] {
  const node = nodeVersionIn(binary);
  if (node === null) return [];
  return [nodePart(node === process.versions.node ? process.versions : { node })];
}

/** npm gives every file one time of its own. */
function npmPackage(root: string, out: string): void {
  const words = ['pack', '--silent', '--pack-destination', out];
  execFileSync('npm', words, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
}

function packed(file: string, epoch: number, fill: (folder: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), 'netdebug-release-'));
  try {
    fill(folder);
    packFolder(folder, file, epoch);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function putAll(folder: string, files: ReadonlyMap<string, string>): void {
  for (const [name, text] of files) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}
