// The event files below any number of paths, told apart by what their lines are and not by where they lie.
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { nodeEventSchema } from '../model/node-event.ts';
import type { NodeEvent } from '../model/node-event.ts';
import { probeEventSchema } from '../model/probe-event.ts';
import type { ProbeEvent } from '../model/probe-event.ts';
import { messageOf, Problem } from '../model/problem.ts';
import { createGrownFile } from './grown-file.ts';

const mostFiles = 10_000;

export interface EvidenceFiles {
  /** What netdebug wrote. */
  readonly events: string[];
  /** Packets that somebody else captured. */
  readonly captures: string[];
}

const isCapture = (name: string) => /\.(pcap|pcapng|cap)$/.test(name);
/** What observers kept of their own capture: its packets are in the events beside it. */
const isObservers = (entry: string, siblings: ReadonlySet<string>, folder: string) =>
  /^capture(\.1)?\.pcap$/.test(entry) && siblings.has(join(folder, 'events.ndjson'));

/**
 * All `*.ndjson` files and captures at and below the paths, each once, sorted. Throws a usage Problem for a path that cannot be read.
 */
export async function findEvidenceFiles(paths: readonly string[]): Promise<EvidenceFiles> {
  const files = new Set<string>();
  for (const path of paths) {
    try {
      // Links are not followed: a folder from elsewhere must not lead us about on this machine.
      const stat = await lstat(path);
      if (stat.isFile()) files.add(path);
      else if (stat.isDirectory()) {
        const entries = await readdir(path, { recursive: true, withFileTypes: true });
        const plain = entries.filter((entry) => entry.isFile());
        const siblings = new Set(plain.map((entry) => join(entry.parentPath, entry.name)));
        for (const { name, parentPath } of plain) {
          const wanted = isCapture(name)
            ? !isObservers(name, siblings, parentPath)
            : name.endsWith('.ndjson');
          if (wanted) files.add(join(parentPath, name));
        }
      }
    } catch (error) {
      throw new Problem('usage', `${path} cannot be read: ${messageOf(error)}.`, { cause: error });
    }
  }
  if (files.size > mostFiles)
    throw new Problem('usage', `there are more than ${mostFiles} files; name fewer folders.`);
  const sorted = [...files].sort();
  return {
    events: sorted.filter((file) => !isCapture(file)),
    captures: sorted.filter(isCapture),
  };
}

export interface Reading {
  /** Lines that are neither kind of event. */
  broken: number;
  /** Files whose last line was cut off. */
  cutOff: number;
  readonly probes: { count: number };
  readonly nodes: { count: number };
}

/** Reads the files line by line and hands over the events of one kind; what is no event at all is counted in the first pass. */
export async function readEvents(
  files: readonly string[],
  take:
    | { readonly probe: (event: ProbeEvent, file: string) => void }
    | { readonly node: (event: NodeEvent) => void },
  reading: Reading,
): Promise<void> {
  for (const path of files) {
    const file = createGrownFile(path);
    for await (const lines of file.readOn()) {
      for (const line of lines) {
        // A cheap look first: most lines are of the other kind, or answers in their millions.
        const isProbe = line.includes('"role":"');
        if ('probe' in take) {
          if (isProbe) {
            const event = parse(line, probeEventSchema);
            if (event === undefined) reading.broken += 1;
            else {
              reading.probes.count += 1;
              take.probe(event, path);
            }
          } else if (!line.includes('"source":"') && line !== '') reading.broken += 1;
        } else if (!isProbe && line.includes('"source":"')) {
          const event = parse(line, nodeEventSchema);
          if (event === undefined) reading.broken += 1;
          else {
            reading.nodes.count += 1;
            take.node(event);
          }
        }
      }
    }
    if ('probe' in take) {
      reading.broken += file.tooLong;
      if (file.rest() > 0) reading.cutOff += 1;
    }
  }
}

function parse<T>(
  line: string,
  schema: { safeParse: (value: unknown) => { data?: T | undefined } },
): T | undefined {
  try {
    return schema.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}
