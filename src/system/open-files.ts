// How many files and sockets this process may have open at once.
import { readFileSync } from 'node:fs';

/** Listening sockets, the log, event files, Node's own: what a program needs besides its connections. */
const besides = 64;

/**
 * Connections that the limit of open files leaves room for; Node.js has raised the soft limit to the hard one when it started.
 * Null where the limit cannot be read (no Linux) or there is none.
 */
export function roomForConnections(): number | null {
  let text: string;
  try {
    text = readFileSync('/proc/self/limits', 'utf8');
  } catch {
    return null;
  }
  return parseOpenFilesLimit(text, besides);
}

/** Reads the soft limit of open files from /proc/PID/limits and takes off what is needed besides; null when there is no limit. */
export function parseOpenFilesLimit(limits: string, needed: number): number | null {
  const soft = /^Max open files\s+([0-9]+|unlimited)\s/m.exec(limits)?.[1];
  return soft === undefined || soft === 'unlimited' ? null : Math.max(1, Number(soft) - needed);
}
