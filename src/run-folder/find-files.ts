// Which files there are to read: the one list for the report, the live page, the diagnosis and a cluster's run.
import { existsSync } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { messageOf, Problem } from '../model/problem.ts';
import { fileNames } from './layout.ts';
import { olderHalf } from './rolling-file.ts';
import { contentOf } from './told-by-content.ts';

const mostFiles = 10_000;
/** Of one run, whose logs are read side by side: more would need too much memory. */
export const mostLogs = 64;

export interface FoundFiles {
  /** What netdebug wrote; a file and its older half are one log. */
  readonly logs: string[];
  /** Packets that somebody else captured, also compressed. */
  readonly captures: string[];
  /** Pipes, and `-` for standard input: what is in them is known when they are read, and they are read once. */
  readonly streams: string[];
}

export const standardInput = '-';

/** In a folder a capture that lost its beginning is worth a word, too. */
const isNamedCapture = (name: string) => /\.(pcap|pcapng|cap)$/i.test(name);
const isNamedLog = (name: string) => name.endsWith('.ndjson');
/** Lines of these are sentences, and events that do not count. */
const isAside = (path: string) =>
  [fileNames.setAside, fileNames.notes].some((name) => path.endsWith(join(fileNames.evidence, name)));
/** What observers kept of their own capture: its packets are in the events beside it. */
const isObservers = (path: string, siblings: ReadonlySet<string>) =>
  /^capture(\.1)?\.pcap$/.test(basename(path)) && siblings.has(join(dirname(path), fileNames.events));

/** A log is named like its newer half. */
const logOf = (path: string) =>
  basename(path) === olderHalf(fileNames.events) ? join(dirname(path), fileNames.events) : path;

/**
 * What is at the paths, each once, sorted: of files that are named, what they are by content; in folders, at and below, all
 * `*.ndjson` files and captures of any name. Throws a usage Problem for a path that cannot be read, or is none of these.
 */
export async function findFiles(paths: readonly string[]): Promise<FoundFiles> {
  const logs = new Map<string, string>();
  const captures = new Map<string, string>();
  const streams = new Map<string, string>();
  // A file that is named in two ways is read once.
  const add = async (to: Map<string, string>, file: string) => {
    const own = await realpath(file);
    if (!to.has(own)) to.set(own, file);
  };
  for (const path of paths) {
    if (path === standardInput) {
      streams.set(path, path);
      continue;
    }
    try {
      // A link is followed where it was named.
      const is = await stat(path);
      if (is.isFIFO() || is.isSocket()) streams.set(resolve(path), path);
      else if (is.isFile()) await add((await isLog(path)) ? logs : captures, path);
      else if (is.isDirectory()) {
        const found = await searchFolder(path);
        for (const log of found.logs) await add(logs, log);
        for (const capture of found.captures) await add(captures, capture);
      } else throw new Problem('usage', `${path} is a device: name a file, a folder or a pipe.`);
    } catch (error) {
      if (error instanceof Problem) throw error;
      throw new Problem('usage', `${path} cannot be read: ${messageOf(error)}.`, { cause: error });
    }
  }
  if (logs.size + captures.size > mostFiles)
    throw new Problem('usage', `there are more than ${mostFiles} files; name fewer folders.`);
  return {
    logs: [...new Set([...logs.values()].sort().map(logOf))],
    captures: [...captures.values()].sort(),
    streams: [...streams.values()],
  };
}

/** Whether a file that was named holds events, and not packets. Throws a usage Problem when it holds neither. */
async function isLog(path: string): Promise<boolean> {
  const content = await contentOf(path);
  if (content === 'capture') return false;
  if (content === 'text' || isNamedLog(path)) return true;
  const what = {
    packed: 'is compressed and holds no capture; unpack it first',
    empty: 'is empty',
    other: 'is neither a capture (pcap or pcapng) nor a file of events (one JSON object a line)',
  }[content];
  throw new Problem('usage', `${path} ${what}.`);
}

/** Links are not followed: a folder from elsewhere must not lead us about on this machine. */
async function searchFolder(folder: string): Promise<Pick<FoundFiles, 'logs' | 'captures'>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const plain = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const siblings = new Set(plain);
  const logs: string[] = [];
  const captures: string[] = [];
  for (const file of plain) {
    if (isNamedLog(file)) {
      if (!isAside(file)) logs.push(file);
    } else if (!isObservers(file, siblings) && (isNamedCapture(file) || (await holdsCapture(file)))) {
      captures.push(file);
    }
  }
  return { logs, captures };
}

/** What nobody named and we may not read is no evidence that we know of. */
const holdsCapture = (file: string): Promise<boolean> =>
  contentOf(file).then(
    (content) => content === 'capture',
    () => false,
  );

/** The logs of one run, by their paths relative to its folder: events.ndjson, then those wherever below evidence/. */
export async function findRunLogs(folder: string): Promise<string[]> {
  const own = [fileNames.events, olderHalf(fileNames.events), fileNames.evidence];
  const { logs } = await findFiles(own.map((name) => join(folder, name)).filter((path) => existsSync(path)));
  return logs.map((path) => relative(folder, path));
}
