// What the program reads of its own checkout while it runs, as modules that say it: a bundle lies beside no such files.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { commitOf } from './commit.mjs';

/** Help for terminals that are narrower is made by the commands. */
const narrowestHelp = 40;

/** Names the image of the observer that goes with what is built; nothing where no image does. */
const imageVariable = 'NETDEBUG_RELEASE_OBSERVER_IMAGE';

/** Resolves with an esbuild plugin that puts them in the place of the files of `src` that read, with the same exports. */
export async function ownFacts(root) {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const { helpByWidth } = await import(join(root, 'src/cli/main.ts'));
  const assets = join(root, 'src/report/assets');
  const texts = readdirSync(assets).map((name) => [name, readFileSync(join(assets, name), 'utf8')]);
  const modules = {
    'src/cli/own-version.ts': `
      export const readVersion = () => ${JSON.stringify(version)};
      export const readCommit = async () => ${JSON.stringify(commitOf(root))};`,
    'src/cli/own-image.ts': `
      export const ownObserverImage = ${JSON.stringify(process.env[imageVariable] || null)};`,
    'src/cli/own-help.ts': `
      export const ownHelp = ${JSON.stringify(await helpByWidth(narrowestHelp))};`,
    'src/report/html/read-asset.ts': `
      const texts = ${JSON.stringify(Object.fromEntries(texts))};
      export const readAsset = (name) => texts[name];`,
  };
  return {
    name: 'own facts',
    setup({ onLoad }) {
      for (const [file, contents] of Object.entries(modules))
        onLoad({ filter: new RegExp(`^${RegExp.escape(join(root, file))}$`) }, () => ({ contents }));
    },
  };
}
