// The folder of `lab mesh`: what its programs are told, what they say, and the counts at the end.
import { join } from 'node:path';
import { jsonDocument } from '../model/json-document.ts';
import { fileNames } from './layout.ts';
import type { LostBooks } from './lost-books.ts';
import { makeFolder } from './make-folder.ts';
import type { LineLog } from './open-for-writing.ts';
import { createRollingFile } from './rolling-file.ts';
import { writeWhole } from './write-whole.ts';

/** Makes the folder. Rejects with a Problem when it cannot be made. */
export async function openMeshFolder(folder: string, books: LostBooks) {
  await makeFolder(folder, 'logs');
  return {
    prometheusConfig: join(folder, 'prometheus.yml'),
    /** logs/NAME.log, anew. */
    log(name: string): LineLog {
      const file = `logs/${name}.log`;
      const unbounded = { maxBytes: Number.POSITIVE_INFINITY, onLeftOut: () => undefined };
      const log = createRollingFile(join(folder, file), { ...unbounded, loss: books.of(file) });
      return { line: (text) => log.write(`${text}\n`), flush: () => log.flush() };
    },
    writeCounts: (counts: object) => writeWhole(join(folder, fileNames.mesh), jsonDocument(counts)),
  };
}
