// What can be done with a node's evidence that has no clients' events beside it: commands that work on it as it is.
import { existsSync } from 'node:fs';
import { fileNames, nodeFile } from '../run-folder/layout.ts';
import { shellQuote } from '../system/shell-quote.ts';

export interface ReadingStep {
  /** For a shell. */
  readonly command: string;
  readonly shows: string;
}

/** The steps for a node's evidence in a run's folder, the quickest first. */
export function readingSteps(folder: string, node: string): ReadingStep[] {
  const events = nodeFile(folder, node, fileNames.events);
  const capture = nodeFile(folder, node, 'capture.pcap');
  const grep = (pattern: string) => shellQuote(['grep', '-E', pattern, events]);
  return [
    {
      command: shellQuote(['netdebug', 'diagnose', folder]),
      shows: 'who ended each lost connection, of any program, and why',
    },
    {
      command: shellQuote(['netdebug', 'report', folder, '--format', 'html']),
      shows: 'a page of what changed on the node, and when',
    },
    {
      command: grep('"event":"packet".*"flags":"[^"]*R'),
      shows: 'each RST, and each interface that it crossed',
    },
    {
      command: grep('"event":"(rule|route|link)-changed"|"event":"listener"'),
      shows: 'ways and listeners that came and went',
    },
    { command: grep('"event":"source"'), shows: 'what was watched, and what could not be' },
    ...(existsSync(capture)
      ? [
          {
            command: shellQuote(['tcpdump', '-nr', capture, 'tcp[tcpflags] & tcp-rst != 0']),
            shows: 'the same RSTs, as captured',
          },
        ]
      : []),
    { command: 'netdebug explain', shows: 'which causes look like that' },
  ];
}
