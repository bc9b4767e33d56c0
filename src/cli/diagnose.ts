// `netdebug diagnose PATH...`: joins what clients lived through with what nodes saw, from wherever it came, into findings.
import type { Readable } from 'node:stream';
import { Command } from 'commander';
import { diagnosePaths } from '../experiment/re-diagnose.ts';
import { isOpen } from '../model/open-finding.ts';
import { exitCodes, Problem } from '../model/problem.ts';
import { html } from '../report/formats/html.ts';
import { json } from '../report/formats/json.ts';
import { junit } from '../report/formats/junit.ts';
import { markdown } from '../report/formats/markdown.ts';
import { text } from '../report/formats/text.ts';
import { writeReportFile } from '../run-folder/write-record.ts';
import { textOption } from './probe-flags.ts';
import { print } from './standard-output.ts';
import { styleHelp, textStyle } from './terminal-style.ts';

interface Flags {
  readonly json?: true;
  readonly html?: string;
  readonly junit?: string;
  readonly markdown?: string;
  readonly fail?: true;
  readonly annotate?: string;
}

/** Those that are written to a file, each by the option of its name. */
const toFiles = [html, junit, markdown] as const;

export function command(): Command {
  return new Command('diagnose')
    .description('say who ended each lost connection, and why, from recorded events, evidence and captures')
    .argument(
      '<path...>',
      'folders of runs or of "netdebug observe", event files, captures by others (pcap, pcapng; gzip, zstd), pipes, - for standard input',
    )
    .option('--json', 'one JSON document on stdout: counts, and the findings as in a run record')
    .addOption(textOption('--html <file>', 'write a page, too'))
    .addOption(textOption('--junit <file>', 'write a JUnit file, too: each finding a test that failed'))
    .addOption(textOption('--markdown <file>', 'write it as Markdown, too, for an issue or a chat'))
    .option('--fail', 'exit 1 when a connection was lost, explained or not')
    .addOption(
      textOption(
        '--annotate <file>',
        'write the packets of the lost connections, too, to a pcapng file, with comments',
      ),
    )
    .addHelpText(
      'after',
      `
Examples:
  netdebug diagnose reset.pcap                                   a bare capture: whoever made it, of whatever program
  netdebug diagnose node-1.pcap node-2.pcap --html page.html     of both ends' nodes
  netdebug diagnose evidence/                                    what "netdebug observe --out evidence" saw
  netdebug diagnose client.ndjson server.ndjson node-1/ node-2/  with the clients' own account
  netdebug diagnose netdebug-runs/20261123-064139-gke-intranode-policy
  netdebug diagnose trace.pcapng.zst --annotate lost.pcapng      what was found, on the packets, for Wireshark
  ssh node-1 tcpdump -i any -y LINUX_SLL2 -w - tcp | netdebug diagnose -

Nodes and captures of one name in two folders are taken for two, and shown as NAME and "NAME (2)".
A capture tells most when it keeps the direction of packets: tcpdump -i any -y LINUX_SLL2 -w reset.pcap tcp

Exit codes: 0 all lost connections are explained, or none was lost; 2 something is open or unknown, some connections never had
an answer, or a capture could not be read; 1 with --fail, when any was lost; 64 nothing to read, or wrong usage.
${styleHelp}`,
    )
    .action(async (paths: string[], flags: Flags) => {
      process.exitCode = await diagnose(paths, flags);
    });
}

async function diagnose(paths: readonly string[], flags: Flags): Promise<number> {
  const { annotate } = flags;
  const options = { stdin: standardInput, ...(annotate === undefined ? {} : { annotate }) };
  const diagnosis = await diagnosePaths(paths, options);
  print(flags.json === true ? json.renderDiagnosis(diagnosis) : text.renderDiagnosis(diagnosis, textStyle()));
  for (const format of toFiles) {
    const path = flags[format.name];
    if (path === undefined) continue;
    await writeReportFile(path, format.renderDiagnosis(diagnosis), `--${format.name}`);
    process.stderr.write(`${path}\n`);
  }
  if (flags.fail === true && diagnosis.counts.lost > 0) return exitCodes.unexpected;
  const { counts, findings, unread } = diagnosis;
  const open = findings.some(isOpen) || counts.neverAnswered > 0 || unread;
  return exitCodes[open ? 'inconclusive' : 'finished'];
}

function standardInput(): Readable {
  if (process.stdin.isTTY) throw new Problem('usage', '- is the terminal here: pipe a capture into it.');
  return process.stdin;
}
