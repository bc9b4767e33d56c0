// What a run's folder holds, by name. No other room joins a path below a run: test/run-folder/owner.test.ts.
import { basename, dirname, join, resolve } from 'node:path';

export const fileNames = {
  record: 'run.json',
  matrix: 'matrix.json',
  watchPage: 'watch-page.json',
  mesh: 'mesh.json',
  events: 'events.ndjson',
  /** What was really done, for whoever judges a diagnosis; not below evidence/, because no diagnosis may read it. */
  faults: 'faults.log',
  evidence: 'evidence',
  setAside: 'set-aside.ndjson',
  notes: 'notes.ndjson',
} as const;

/**
 * The run's folder that somebody means who names a folder called evidence: the one that it is the evidence of. Any other is meant
 * itself.
 */
export const runFolderOf = (named: string): string =>
  basename(named) === fileNames.evidence ? dirname(named) : named;

/** evidence/FILE, for whoever writes or reads it. */
export const evidenceFile = (folder: string, file: string): string => join(folder, fileNames.evidence, file);

/** evidence/applied-WHAT.json: objects as they were applied to a cluster. */
export const appliedFile = /^applied-[a-z-]+\.json$/;

/** What the watcher of a node printed, by its name below evidence/; no evidence, so that no diagnosis reads it. */
export const watchLog = (node: string): string => `watch-${node}`;
export const watchLogFile = (folder: string, node: string): string =>
  evidenceFile(folder, `${watchLog(node)}.log`);

/** What the observer of a node brought; `base` is a run's folder. */
export const nodeFolder = (base: string, node: string): string => evidenceFile(base, node);

/** One file of a node's evidence. */
export const nodeFile = (base: string, node: string, file: string): string =>
  join(nodeFolder(base, node), file);

/** The node whose folder a file lies in, `file` being relative to the run's; null for the run's own files. */
export function nodeOfFile(file: string): string | null {
  const [top, node, ...rest] = file.split('/');
  return top === fileNames.evidence && node !== undefined && rest.length > 0 ? node : null;
}

/** The folder of the run, or of the observer, that a node's file was written into; a file that lies elsewhere is a place of its own. */
export function placeOfFile(path: string): string {
  const folder = dirname(path);
  // Of a relative path the parents need not be in it.
  const isNodes = basename(dirname(resolve(folder))) === fileNames.evidence;
  if (isNodes) return join(folder, '..', '..');
  // Former versions wrote evidence/NODE.ndjson.
  return basename(resolve(folder)) === fileNames.evidence ? join(folder, '..') : path;
}

/** One run of a matrix, by the name that matrix.json gives it. */
export const cellFolder = (matrix: string, name: string): string => join(matrix, name);
