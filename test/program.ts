// The program that the tests start: the sources as they are, as bin/netdebug starts them.
import { resolve } from 'node:path';

export const mainScript = resolve(import.meta.dirname, '../src/cli/start.mjs');
