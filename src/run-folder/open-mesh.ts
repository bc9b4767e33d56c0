// The folder of `lab mesh`: what its programs are told, what they say, and the counts at the end.
import { join } from 'node:path';
import { jsonDocument } from '../model/json-document.ts';
import { fileNames } from './layout.ts';
import { makeFolder } from './make-folder.ts';
import { writeWhole } from './write-whole.ts';

/** Makes the folder. Resolves with the paths of its files; rejects with a usage Problem when it cannot be made. */
export async function openMeshFolder(folder: string) {
  await makeFolder(folder, 'logs');
  return {
    prometheusConfig: join(folder, 'prometheus.yml'),
    logFile: (name: string) => join(folder, 'logs', `${name}.log`),
    writeCounts: (counts: object) => writeWhole(join(folder, fileNames.mesh), jsonDocument(counts)),
  };
}
