// Which files there are to read: the one list for the report, the live page, the diagnosis and a cluster's run.
import { existsSync } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { messageOf, Problem } from '../model/problem.ts';
import { fileNames } from './layout.ts';
import { olderHalf } from './rolling-file.ts';

const mostFiles = 10_000;
/** Of one run, whose logs are read side by side: more would need too much memory. */
export const mostLogs = 64;

export interface FoundFiles {
  /** What netdebug wrote; a file and its older half are one log. */
  readonly logs: string[];
  /** Packets that somebody else captured. */
  readonly captures: string[];
}

const isCapture = (name: string) => /\.(pcap|pcapng|cap)$/.test(name);
/** Lines of these are sentences, and events that do not count. */
const isAside = (path: string) =>
  [fileNames.setAside, fileNames.notes].some((name) => path.endsWith(join(fileNames.evidence, name)));
/** What observers kept of their own capture: its packets are in the events beside it. */
const isObservers = (path: string, siblings: ReadonlySet<string>) =>
  /^capture(\.1)?\.pcap$/.test(basename(path)) && siblings.has(join(dirname(path), fileNames.events));

/** A log is named like its newer half. */
const logOf = (path: string) =>
  basename(path) === olderHalf(fileNames.events) ? join(dirname(path), fileNames.events) : path;

/** All `*.ndjson` files and captures at and below the paths, each once, sorted. Throws a usage Problem for a path that cannot be read. */
export async function findFiles(paths: readonly string[]): Promise<FoundFiles> {
  const found = new Map<string, string>();
  // A file that is named in two ways is read once.
  const add = (file: string) => {
    if (!found.has(resolve(file))) found.set(resolve(file), file);
  };
  for (const path of paths) {
    try {
      // Links are not followed: a folder from elsewhere must not lead us about on this machine.
      const stat = await lstat(path);
      if (stat.isFile()) add(path);
      else if (stat.isDirectory()) {
        const entries = await readdir(path, { recursive: true, withFileTypes: true });
        const plain = entries
          .filter((entry) => entry.isFile())
          .map((entry) => join(entry.parentPath, entry.name));
        const siblings = new Set(plain);
        for (const file of plain) {
          const wanted = isCapture(file)
            ? !isObservers(file, siblings)
            : file.endsWith('.ndjson') && !isAside(file);
          if (wanted) add(file);
        }
      }
    } catch (error) {
      throw new Problem('usage', `${path} cannot be read: ${messageOf(error)}.`, { cause: error });
    }
  }
  if (found.size > mostFiles)
    throw new Problem('usage', `there are more than ${mostFiles} files; name fewer folders.`);
  const sorted = [...found.values()].sort();
  return {
    logs: [...new Set(sorted.filter((file) => !isCapture(file)).map(logOf))],
    captures: sorted.filter(isCapture),
  };
}

/** The logs of one run, by their paths relative to its folder: events.ndjson, then those wherever below evidence/. */
export async function findRunLogs(folder: string): Promise<string[]> {
  const own = [fileNames.events, olderHalf(fileNames.events), fileNames.evidence];
  const { logs } = await findFiles(own.map((name) => join(folder, name)).filter((path) => existsSync(path)));
  return logs.map((path) => relative(folder, path));
}
