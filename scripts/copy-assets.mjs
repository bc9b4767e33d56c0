// The page's style and scripts go into the published program as they are; tsc copies only what it compiles.
import { cpSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
cpSync(join(root, 'src/report/assets'), join(root, 'dist/report/assets'), { recursive: true });
