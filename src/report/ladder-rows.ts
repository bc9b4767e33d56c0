// The rungs of a ladder in words, however they are drawn: times from the loss on, numbers from each side's first one on.
import { parseMicros } from '../model/clock.ts';
import { formatEndpoint } from '../model/endpoint.ts';
import type { Ladder, Rung } from '../model/ladder.ts';
import type { Finding } from '../model/run-record.ts';
import { authorInBrief } from './finding-words.ts';

interface LadderRow {
  /** `-1.002 ms`; `0` is the loss. */
  readonly time: string;
  readonly toServer: boolean;
  /** `[P.] seq 1:17 ack 1 len 16`. */
  readonly label: string;
  readonly where: string;
  /** `RST by the server's kernel (proven)`, `sent again`; empty for an ordinary packet. */
  readonly mark: string;
}

export interface LadderWords {
  readonly client: string;
  readonly server: string;
  readonly rows: readonly LadderRow[];
  /** What is left out; empty when nothing is. */
  readonly left: string;
}

/** Null for a finding without packets. */
export function ladderWords(finding: Finding): LadderWords | null {
  const { ladder } = finding;
  if (ladder === undefined) return null;
  const lostAt = parseMicros(ladder.lostAt);
  return {
    client: formatEndpoint(ladder.client),
    server: formatEndpoint(ladder.server),
    rows: ladder.rungs.map((rung) => ({
      time: sinceLoss(parseMicros(rung.at) - lostAt),
      toServer: rung.from === 'client',
      label: packetWords(rung),
      where: rung.where,
      mark: markWords(rung, finding),
    })),
    left: leftWords(ladder),
  };
}

function packetWords({ flags, seq, ack, length }: Rung): string {
  const numbers = length > 0 ? `${seq}:${seq + length}` : String(seq);
  return [
    `[${flags}]`,
    `seq ${numbers}`,
    ...(ack === null ? [] : [`ack ${ack}`]),
    ...(length > 0 ? [`len ${length}`] : []),
  ].join(' ');
}

function markWords({ mark, flags }: Rung, finding: Finding): string {
  if (mark === 'ending') {
    return finding.author === 'unknown' ? 'RST, by whom is open' : `RST by ${authorInBrief(finding)}`;
  }
  if (mark === 'again') return 'sent again';
  return flags.includes('R') ? 'RST' : '';
}

function leftWords({ earlier, later }: Ladder): string {
  const parts = [...(earlier > 0 ? [`${earlier} earlier`] : []), ...(later > 0 ? [`${later} later`] : [])];
  return parts.length === 0 ? '' : `${parts.join(' and ')} not shown`;
}

/** Three figures of what is near, whole numbers of what is far: `-0.012 ms`, `-812 ms`, `-63.0 s`. */
function sinceLoss(micros: number): string {
  if (micros === 0) return '0';
  const sign = micros < 0 ? '-' : '+';
  const size = Math.abs(micros);
  if (size < 1_000_000) return `${sign}${(size / 1_000).toFixed(3)} ms`;
  return `${sign}${(size / 1e6).toFixed(3)} s`;
}
