// The double entry of a soak: what each client counted and printed at its end, against what its events say.
import { createReadStream } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { ProbeEvent } from '../../src/model/probe-event.ts';

export interface ClassBooks {
  readonly className: string;
  /** From the client's last line. */
  readonly counted: Counted;
  /** From its events. */
  readonly events: Seen;
}

interface Counted {
  readonly sent: number;
  readonly connected: number;
  readonly answered: number;
  readonly failedAwaiting: number;
  readonly cutOff: number;
  readonly failed: number;
  readonly notMade: number;
}

interface Seen {
  connected: number;
  answered: number;
  failedAwaiting: number;
  failedIdle: number;
  failedConnecting: number;
  readonly failures: Map<string, number>;
}

const lastLine =
  /Sent ([0-9]+) probes on ([0-9]+) connections: ([0-9]+) answered, ([0-9]+) failed, ([0-9]+) cut off by the end; ([0-9]+) connections failed, and ([0-9]+) could not be made/;

export async function readBooks(run: string): Promise<ClassBooks[]> {
  const seen = new Map<string, Seen>();
  for await (const line of createInterface({ input: createReadStream(join(run, 'events.ndjson')) })) {
    const event = JSON.parse(line) as ProbeEvent;
    if (!('class' in event)) continue;
    const books = seen.get(event.class) ?? none();
    seen.set(event.class, books);
    if (event.event === 'connected') books.connected += 1;
    if (event.event === 'answered') books.answered += 1;
    if (event.event !== 'failed') continue;
    if (event.phase === 'awaiting') books.failedAwaiting += 1;
    if (event.phase === 'idle') books.failedIdle += 1;
    if (event.phase === 'connecting') books.failedConnecting += 1;
    books.failures.set(event.failure, (books.failures.get(event.failure) ?? 0) + 1);
  }
  const all = [];
  for (const entry of await readdir(run, { recursive: true, withFileTypes: true })) {
    const events = seen.get(entry.name.replace(/\.log$/, ''));
    if (events === undefined || !entry.name.endsWith('.log')) continue;
    const match = lastLine.exec(await readFile(join(entry.parentPath, entry.name), 'utf8'));
    if (match === null) throw new Error(`${entry.name} has no last line with its client's counts`);
    const [sent = 0, connected = 0, answered = 0, failedAwaiting = 0, cutOff = 0, failed = 0, notMade = 0] =
      match.slice(1).map(Number);
    all.push({
      className: entry.name.replace(/\.log$/, ''),
      counted: { sent, connected, answered, failedAwaiting, cutOff, failed, notMade },
      events,
    });
  }
  if (all.length === 0) throw new Error('the run has no clients');
  return all;
}

/** A sentence for each sum that does not come out. */
export function imbalances(books: readonly ClassBooks[]): string[] {
  return books.flatMap(({ className, counted, events }) => {
    const sums: [string, number, number][] = [
      [
        'probes sent = answered + failed + cut off',
        counted.sent,
        counted.answered + counted.failedAwaiting + counted.cutOff,
      ],
      ['answers counted = events', counted.answered, events.answered],
      ['probes failed = events', counted.failedAwaiting, events.failedAwaiting],
      ['connections made = events', counted.connected, events.connected],
      ['connections failed = events', counted.failed, events.failedAwaiting + events.failedIdle],
      ['connections not made = events', counted.notMade, events.failedConnecting],
    ];
    return sums
      .filter(([, left, right]) => left !== right)
      .map(([what, left, right]) => `${className}: ${what}: ${left} is not ${right}`);
  });
}

function none(): Seen {
  return {
    connected: 0,
    answered: 0,
    failedAwaiting: 0,
    failedIdle: 0,
    failedConnecting: 0,
    failures: new Map(),
  };
}
