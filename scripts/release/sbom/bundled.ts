// The parts that are in the program itself: the libraries of the bundle, and the Node.js of the one file.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Enums } from '@cyclonedx/cyclonedx-library';
import { bundleModules } from '../../bundle/bundle.mjs';
import { librariesOf } from '../../bundle/licences.mjs';
import type { Part } from './document.ts';

/** Those that esbuild has put into the bundle, which are fewer than those that are installed to make it. */
export async function bundledParts(root: string): Promise<Part[]> {
  const folder = mkdtempSync(join(tmpdir(), 'netdebug-sbom-'));
  try {
    const files = await bundleModules(root, folder);
    return librariesOf(root, files).map(({ name, version, license }) => ({
      ...{ type: Enums.ComponentType.Library, name, version, license, purl: { type: 'npm' } },
    }));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The version of the Node.js that an executable is; null of what is none, such as a script. */
export function nodeVersionIn(file: string): string | null {
  const bytes = readFileSync(file);
  if (bytes.subarray(0, 2).toString('latin1') === '#!') return null;
  const mark = 'node.js/v';
  for (let at = bytes.indexOf(mark); at >= 0; at = bytes.indexOf(mark, at + 1)) {
    const text = bytes.subarray(at + mark.length, at + mark.length + 20).toString('latin1');
    const [version] = /^[0-9]+\.[0-9]+\.[0-9]+/.exec(text) ?? [];
    if (version !== undefined) return version;
  }
  return null;
}

/** Node.js, with what it says that it is made of. @param versions Of such a Node.js: its process.versions */
export function nodePart(versions: { readonly node: string } & NodeJS.Dict<string>): Part {
  const version = versions.node;
  const inner = Object.entries(versions).flatMap(([name, said]) =>
    // What this Node.js is built without has an empty one.
    said === undefined || said === '' || notLibraries.has(name)
      ? []
      : [
          {
            type: data.has(name) ? Enums.ComponentType.Data : Enums.ComponentType.Library,
            ...{ name, version: said, purl: null },
          },
        ],
  );
  return {
    ...{ type: Enums.ComponentType.Application, name: 'node', version, license: 'MIT' },
    ...{ purl: { type: 'generic' }, cpe: `cpe:2.3:a:nodejs:node.js:${version}:*:*:*:*:*:*:*`, parts: inner },
  };
}

/** Itself, and the numbers of what it offers to others. */
const notLibraries = new Set(['node', 'modules', 'napi']);
const data = new Set(['cldr', 'tz', 'unicode']);
