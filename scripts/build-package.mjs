// Makes dist/, the program as it is published: one bundle with the libraries in it, so that nothing else has to be installed. npm runs
// it before it packs, and the Dockerfile when it builds an image. The types are checked apart (npm run types).
import { rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleModules } from './bundle/bundle.mjs';
import { licencesOf } from './bundle/licences.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const dist = join(root, 'dist');

// What an earlier build left behind would be published too.
rmSync(dist, { recursive: true, force: true });
const files = await bundleModules(root, join(dist, 'cli'));
writeFileSync(join(dist, 'THIRD-PARTY-LICENSES'), licencesOf(root, files));
