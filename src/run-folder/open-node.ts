// What an observer writes of one node: evidence/NODE/events.ndjson and the raw files beside it, within one bound.
import { join } from 'node:path';
import { fileNames, nodeFolder } from './layout.ts';
import { makeFolder } from './make-folder.ts';
import { createRollingFile, type RollingFile } from './rolling-file.ts';

export interface NodeFolder {
  /** The name that events give a raw file: its path relative to the run's folder. */
  nameOf(file: string): string;
  /** `share`: of the bound on all files together. `onLeftOut` hears each kind of reason once; `head` begins every part. */
  open(file: string, share: number, onLeftOut: (reason: string) => void, head?: Uint8Array): RollingFile;
  /** The same for events.ndjson. */
  openEvents(share: number, onLeftOut: (reason: string) => void): RollingFile;
  /** Closes all files. */
  close(): void;
}

/** Makes the folder. Rejects with a usage Problem when it cannot be made. */
export async function openNodeFolder(folder: string, node: string, maxBytes: number): Promise<NodeFolder> {
  await makeFolder(folder, nodeFolder('', node));
  const [files, raw]: [RollingFile[], RollingFile[]] = [[], []];
  const open: NodeFolder['open'] = (file, share, onLeftOut, head) => {
    const options = { maxBytes: maxBytes * share, onLeftOut, ...(head === undefined ? {} : { head }) };
    // Killed at any moment, the raw files hold whatever the events tell of.
    const first = file === fileNames.events ? { first: () => raw.forEach((one) => one.flush()) } : {};
    const opened = createRollingFile(join(nodeFolder(folder, node), file), { ...options, ...first });
    files.push(opened);
    if (file !== fileNames.events) raw.push(opened);
    return opened;
  };
  return {
    nameOf: (file) => join(nodeFolder('', node), file),
    open,
    openEvents: (share, onLeftOut) => open(fileNames.events, share, onLeftOut),
    close: () => files.forEach((file) => file.close()),
  };
}
