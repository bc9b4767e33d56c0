// A line of evidence with its time once: programs put stamps of their own, and in clocks of their own, into what they print.
import type { EvidenceItem } from '../model/run-record.ts';

const stamps: readonly RegExp[] = [
  // conntrack -o timestamp, ip -tshort, our own sources.
  /^\s*\[\d{9,}\.\d+\]\s*/,
  /^\s*\[?\d{4}-\d{2}-\d{2}T[\d:.]+Z?\]?\s+/,
  // The kernel's trace: the time stands between flags and the event's name.
  /(?<=^\s*.+-\d+\s+(?:\(\s*[\d-]+\)\s+)?)\[\d+\]\s+(?:\S{4,6}\s+)?\d+\.\d{6}:\s+/,
  // conntrack -o timestamp, of what is destroyed: by the clock of the wall.
  /\s*\[(?:start|stop)=[^\]]*\]/g,
];

/** What the line says, in one line, without stamps. */
export const evidenceText = ({ text }: Pick<EvidenceItem, 'text'>): string =>
  stamps
    .reduce((rest, stamp) => rest.replace(stamp, ''), text)
    .replace(/\s+/g, ' ')
    .trim();
