// `netdebug diagnose PATH...`: joins what clients lived through with what nodes saw, from wherever it came, into findings.
import type { Readable } from 'node:stream';
import { Command } from 'commander';
import { diagnosePaths, type Diagnosis } from '../experiment/re-diagnose.ts';
import { jsonDocument } from '../model/json-document.ts';
import { exitCodes, Problem } from '../model/problem.ts';
import { findingLines } from '../report/finding-text.ts';
import { visible } from '../report/visible.ts';
import { print } from './standard-output.ts';

export function command(): Command {
  return new Command('diagnose')
    .description('say who ended each failed connection, and why, from recorded events and evidence')
    .argument(
      '<path...>',
      'folders of runs or of "netdebug observe", event files, captures by others (pcap, pcapng; gzip, zstd), pipes, - for standard input',
    )
    .option('--json', 'one JSON document on stdout: the findings as in a run record')
    .option('--annotate <file>', 'write the packets of the lost connections to a pcapng file, with comments')
    .addHelpText(
      'after',
      `
Examples:
  netdebug diagnose netdebug-runs/20261123-064139-gke-intranode-policy
  netdebug diagnose client.ndjson server.ndjson node-1/ node-2/
  netdebug diagnose client.ndjson tcpdump-of-node-1.pcap
  netdebug diagnose trace.pcapng.zst --annotate lost.pcapng
  ssh node-1 tcpdump -i any -y LINUX_SLL2 -w - tcp | netdebug diagnose -

Nodes and captures of one name in two folders are taken for two, and shown as NAME and "NAME (2)".

Exit codes: 0 every failed connection is explained or none failed, 2 some are not, or never had an answer, or a capture
could not be read, 64 nothing to read.`,
    )
    .action(async (paths: string[], flags: Flags) => {
      process.exitCode = await diagnose(paths, flags);
    });
}

interface Flags {
  readonly json?: boolean;
  readonly annotate?: string;
}

function standardInput(): Readable {
  if (process.stdin.isTTY) throw new Problem('usage', '- is the terminal here: pipe a capture into it.');
  return process.stdin;
}

async function diagnose(paths: readonly string[], { json = false, annotate }: Flags): Promise<number> {
  const options = { stdin: standardInput, ...(annotate === undefined ? {} : { annotate }) };
  const diagnosis = await diagnosePaths(paths, options);
  const { findings, read, notes, neverAnswered, unread } = diagnosis;
  print(json ? jsonDocument({ schemaVersion: 1, findings, read, notes }) : asText(diagnosis));
  const open = neverAnswered > 0 || unread || findings.some(({ cause }) => cause === 'unknown');
  return exitCodes[open ? 'inconclusive' : 'finished'];
}

function asText({ failures, findings, notes, neverAnswered, unread }: Diagnosis): string {
  const none =
    neverAnswered === 0
      ? 'No connection failed: nothing to explain.'
      : 'No connection was lost, but some never had an answer: see that the server can be reached from there.';
  const nothing =
    'No failed connection was found, but in some capture no TCP packet could be read; see below.';
  const said = findings.length === 0 ? [unread ? nothing : none] : [];
  const lines = [
    `${failures} failed connections, ${findings.length} ${findings.length === 1 ? 'finding' : 'findings'}.`,
    ...said,
    ...findings.flatMap((finding) => ['', ...findingLines(finding)]),
    '',
    ...notes.map((note) => `(${note})`),
  ];
  return `${lines.map(visible).join('\n')}\n`;
}
