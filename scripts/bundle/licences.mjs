// The licences of the libraries that are in a bundle: each of them asks that it goes where its code goes.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The libraries that `files`, paths from `root`, belong to, each with its folder, sorted by name. */
export function librariesOf(root, files) {
  // The packages may lie elsewhere, behind a link.
  const libraries = files.filter((file) => /(^|[/])node_modules[/]/.test(file));
  const folders = [...new Set(libraries.map((file) => home(root, file)))];
  return folders
    .map((folder) => {
      const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
      return { name, version, license, folder };
    })
    .sort((one, other) => (`${one.name} ${one.version}` < `${other.name} ${other.version}` ? -1 : 1));
}

/**
 * A text with the name, version and licence of each library that `files`, paths from `root`, belong to, sorted by name. Throws when one
 * of them does not bring the text of its licence.
 */
export function licencesOf(root, files) {
  const parts = librariesOf(root, files).map(({ name, version, license, folder }) => {
    const file = readdirSync(folder).find((one) => /^licen[cs]e/i.test(one));
    if (file === undefined)
      throw new Error(`${name} brings no text of its licence, so that it cannot be bundled.`);
    return `${name} ${version} (${license})\n\n${readFileSync(join(folder, file), 'utf8').trim()}\n`;
  });
  const unique = [...new Set(parts)];
  return ['netdebug contains these libraries.\n', ...unique].join(`\n${'-'.repeat(80)}\n\n`);
}

/** The folder of the library, which is the nearest one with a name and a version. */
function home(root, file) {
  for (let folder = dirname(join(root, file)); ; folder = dirname(folder)) {
    const manifest = join(folder, 'package.json');
    if (existsSync(manifest) && 'version' in JSON.parse(readFileSync(manifest, 'utf8'))) return folder;
  }
}
