// What to run next, where something is open: the one command whose witness would tell the answers apart that are left.
import { wantedWords, type Wanted } from '../diagnose/witness-words.ts';
import type { DecidingCommand } from '../model/what-decides.ts';
import { isOpen } from '../model/open-finding.ts';
import type { Finding } from '../model/run-record.ts';
import { shellQuote } from '../system/shell-quote.ts';

/** What a capture that keeps directions tells by itself; everything else of a node takes its observers. */
const inCapture: readonly Wanted[] = [
  'capture',
  'captured-reset',
  'captured-data',
  'capture-at-server',
  'capture-direction',
  'packets-to-compare',
];
const byObservers: readonly Wanted[] = [
  'ip-monitor',
  'conntrack-events',
  'conntrack-stats',
  'rule-counters',
  'snmp',
  'listeners',
  'entries-of-connection',
  'rules-of-every-node',
];

/**
 * For the first of the findings that is open, or else the first that is not proven. Null when all are, or when what is missing is none
 * of a node's witnesses.
 */
export function decidingCommand(findings: readonly Finding[]): DecidingCommand | null {
  const unsettled = findings.filter(({ certainty }) => !isProven(certainty));
  const [open, likely] = [unsettled.filter(isOpen), unsettled.filter((one) => !isOpen(one))];
  for (const finding of [...open, ...likely]) {
    const ends = endsOf(finding);
    // Those that decide most come first.
    const first = finding.missing
      .flatMap((words) => wantedOf(words) ?? [])
      .find((one) => inCapture.includes(one) || byObservers.includes(one));
    if (ends === null || first === undefined) continue;
    const place =
      first === 'rules-of-every-node' ? 'every node on the way to the server' : "the server's node";
    const written = inCapture.includes(first) ? captureFile : evidenceFolder;
    return {
      where: `on ${place} (${ends.addresses.at(-1) ?? ''}) until it happens again, then "netdebug diagnose ${written}"`,
      command: inCapture.includes(first) ? captureCommand(ends) : observeCommand(ends),
      // Without the command that the words name in brackets: the one to type is here.
      shows: wantedWords[first].replace(/ \([^()]*\)$/, ''),
    };
  }
  return null;
}

/** Each with its own, where there is one. */
export const withDecidingCommands = (findings: readonly Finding[]): Finding[] =>
  findings.map((finding) => {
    const toDecide = decidingCommand([finding]);
    return toDecide === null ? finding : { ...finding, toDecide };
  });

const [captureFile, evidenceFolder] = ['again.pcap', 'evidence'];

const isProven = (certainty: Finding['certainty']): boolean =>
  certainty?.author === 'proven' && certainty.cause === 'proven';

interface Ends {
  /** Of the client, and of the server as it was dialled and as it is itself: the server's own last. */
  readonly addresses: readonly string[];
  readonly serverPorts: readonly number[];
}

function endsOf({ shown, ladder }: Finding): Ends | null {
  const client = ladder?.client ?? shown?.client;
  const servers = [ladder?.server ?? shown?.target, shown?.server].flatMap((end) => end ?? []);
  if (client === undefined || servers.length === 0) return null;
  return {
    addresses: [...new Set([client, ...servers].map(({ address }) => address))],
    serverPorts: [...new Set(servers.map(({ port }) => port))],
  };
}

const observeCommand = ({ serverPorts }: Ends): string =>
  shellQuote([
    ...['sudo', 'netdebug', 'observe', '--out', evidenceFolder],
    ...serverPorts.flatMap((port) => ['--port', String(port)]),
  ]);

/** By addresses, and not by ports: each leg of a translated connection has one of these. Headers alone, as our own capture takes. */
const captureCommand = ({ addresses }: Ends): string =>
  shellQuote([
    ...['sudo', 'tcpdump', '-n', '-i', 'any', '-y', 'LINUX_SLL2', '-s', '128', '-w', captureFile],
    `tcp and (${addresses.map((address) => `host ${address}`).join(' or ')})`,
  ]);

const wantedOf = (words: string): Wanted | undefined =>
  (Object.keys(wantedWords) as Wanted[]).find((one) => wantedWords[one] === words);
