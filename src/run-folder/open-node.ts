// What an observer writes of one node: evidence/NODE/events.ndjson and the raw files beside it, within one bound.
import { join } from 'node:path';
import { lostSentence } from '../model/lost-output.ts';
import { fileNames, nodeFolder } from './layout.ts';
import type { FileLoss, LostBooks } from './lost-books.ts';
import { makeFolder } from './make-folder.ts';
import { createRollingFile, type RollingFile, type RollingFileOptions } from './rolling-file.ts';

export interface NodeFolder {
  /** The name that events give a raw file: its path relative to the run's folder. */
  nameOf(file: string): string;
  /** `share`: of the bound on all files together. `onLeftOut` hears each kind of reason once; `head` begins every part. */
  open(file: string, share: number, onLeftOut: (reason: string) => void, head?: Uint8Array): RollingFile;
  /** The same for events.ndjson; `onBack` is called when it can be written again, with why it could not. */
  openEvents(
    share: number,
    onLeftOut: (reason: string) => void,
    onBack: (reason: string) => void,
  ): RollingFile;
  /** Closes all files. */
  close(): void;
}

/** Makes the folder; with null there is none, and what is written goes nowhere. Rejects with a Problem when it cannot be made. */
export async function openNodeFolder(
  folder: string | null,
  node: string,
  maxBytes: number,
  books: LostBooks,
): Promise<NodeFolder> {
  const nameOf = (file: string) => join(nodeFolder('', node), file);
  if (folder === null)
    return { nameOf, open: () => nowhere, openEvents: () => nowhere, close: () => undefined };
  await makeFolder(folder, nodeFolder('', node));
  const [files, raw]: [RollingFile[], RollingFile[]] = [[], []];
  const openOne = (file: string, options: Omit<RollingFileOptions, 'maxBytes'>, share: number) => {
    const opened = createRollingFile(join(folder, nameOf(file)), { maxBytes: maxBytes * share, ...options });
    files.push(opened);
    return opened;
  };
  return {
    nameOf,
    open(file, share, onLeftOut, head) {
      const loss = books.of(nameOf(file));
      const opened = openOne(file, { onLeftOut, loss, ...(head === undefined ? {} : { head }) }, share);
      raw.push(opened);
      return opened;
    },
    openEvents(share, onLeftOut, onBack) {
      const name = nameOf(fileNames.events);
      const { lost, back } = books.of(name);
      const loss: FileLoss = {
        lost,
        back() {
          back();
          const gap = books.all().find(({ file }) => file === name);
          if (gap !== undefined) onBack(lostSentence(gap));
        },
      };
      // Killed at any moment, the raw files hold whatever the events tell of.
      const first = () => raw.forEach((one) => one.flush());
      return openOne(fileNames.events, { onLeftOut, loss, first }, share);
    },
    close: () => files.forEach((file) => file.close()),
  };
}

const nowhere: RollingFile = { write: () => undefined, flush: () => undefined, close: () => undefined };
