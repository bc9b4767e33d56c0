// The lines in which an observer tells on stderr what its sources say of themselves; whoever follows its log reads them back.
import type { SourceEvent } from './node-event.ts';

/** `capture          started     tcp, on all interfaces`: one line, whatever the text. */
export function sourceLine({ source, state, text, lost }: SourceEvent): string {
  const lostText = lost === null || lost === 0 ? '' : ` (${lost} lost)`;
  return `${source.padEnd(16)} ${state.padEnd(11)} ${text.replace(/\s+/g, ' ')}${lostText}`;
}

const line = /^([a-z][a-z0-9-]*) +(started|limited|stopped|failed|unavailable) +(.*)$/;

/** Undefined for any other line. */
export function parseSourceLine(text: string): Pick<SourceEvent, 'source' | 'state' | 'text'> | undefined {
  const [, source, state, said] = line.exec(text) ?? [];
  if (source === undefined || state === undefined || said === undefined) return undefined;
  return { source, state: state as SourceEvent['state'], text: said };
}

/** Said once every source has told whether it runs. */
export function observingLine(node: string, folder: string): string {
  return `Observing ${node}; the evidence goes to ${folder}. Ctrl-C ends it.`;
}

export const saysObserving = (text: string): boolean => /^Observing \S+; the evidence goes to /.test(text);
