// Runs the program's pieces in a folder as the single file does, with a command line of its, and leaves there what V8 has compiled of
// them for it, in the folder SET; what is there already is used, and kept:
//   node scripts/bundle/compile-pieces.mjs FOLDER SET [WORD…]
import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sea from 'node:sea';
import { cachedDataVersionTag } from 'node:v8';
import vm from 'node:vm';

const [folder, set, ...words] = process.argv.slice(2);
const scripts = [];

sea.isSea = () => true;
sea.getAssetKeys = () => globSync(['program/*', 'compiled/*/*'], { cwd: folder });
sea.getRawAsset = (key) => new Uint8Array(readFileSync(join(folder, key))).buffer;
vm.Script = class extends vm.Script {
  constructor(text, options) {
    super(text, options);
    if (this.cachedDataRejected) throw new Error(`V8 does not take what it compiled of ${options.filename}`);
    scripts.push({ script: this, name: options.filename, tag: cachedDataVersionTag() });
  }
};

process.once('exit', () => {
  const to = join(folder, 'compiled', set);
  mkdirSync(to, { recursive: true });
  // By its options of now, V8 would not take what was loaded with others.
  for (const { script, name } of scripts.filter(({ tag }) => tag === cachedDataVersionTag()))
    writeFileSync(join(to, name), script.createCachedData());
});
process.argv = ['netdebug', 'netdebug', ...words];
new Function(readFileSync(join(import.meta.dirname, 'load-pieces.mjs'), 'utf8'))();
