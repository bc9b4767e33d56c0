// A ladder in lines of ASCII that no terminal of 60 columns or more breaks: places become letters first, numbers stay.
import {
  interfaceOf,
  ladderWords,
  type LadderSource,
  type LadderWords,
  type PacketRow,
  type ToldRow,
} from './ladder-rows.ts';
import { alignColumns } from './table.ts';
import { plainStyle, proseColumns, type TextStyle } from './text-style.ts';
import { visible } from './visible.ts';
import { widthOf, wrap } from './wrap.ts';

/** What is left out, or stands elsewhere, where a terminal is narrow. */
interface Shortening {
  /** Letters for places, which are told below; it is that already where packets were seen at several. */
  readonly lettered: boolean;
  /** Parts of each packet's numbers that the others tell. */
  readonly dropped: 0 | 1 | 2;
  /** A remark stands under its packet. */
  readonly marksBelow: boolean;
}

/** From nothing on; each leaves out what the one before does, and more. */
const shortenings: readonly Shortening[] = [
  { lettered: false, dropped: 0, marksBelow: false },
  { lettered: true, dropped: 0, marksBelow: false },
  { lettered: true, dropped: 1, marksBelow: false },
  { lettered: true, dropped: 1, marksBelow: true },
  { lettered: true, dropped: 2, marksBelow: true },
];

/** The drawing of the last packets and of what was told of the end; empty where nothing is known. */
export function ladderLines(source: LadderSource, style: TextStyle = plainStyle): string[] {
  const words = ladderWords(source);
  if (words === null) return [];
  const { client, server, left, hasPackets } = words;
  const title = `Last ${hasPackets ? 'packets' : 'moments'}, client ${client}, server ${server}`;
  const drawn = shortenings.map((shortening) => draw(words, shortening));
  const drawing = drawn.find(({ width }) => width <= style.columns) ?? drawn.at(-1);
  return [
    ...wrap(visible(`${title}${left === '' ? '' : ` (${left})`}:`), proseColumns(style), '', '  '),
    ...(drawing?.lines.flatMap((line) => setLine(line, style)) ?? []),
    ...(drawing?.legend.flatMap((one) => wrap(visible(one), proseColumns(style), '  ', '    ')) ?? []),
  ];
}

interface Line {
  /** Where words begin. */
  readonly lead: string;
  readonly text: string;
  /** An arrow is never broken; words are. */
  readonly isWhole: boolean;
}

interface Drawing {
  /** Of what is not broken. */
  readonly width: number;
  readonly lines: readonly Line[];
  readonly legend: readonly string[];
}

function draw(words: LadderWords, { lettered, dropped, marksBelow }: Shortening): Drawing {
  const { rows, hasPackets } = words;
  const packets = rows.filter((row) => row.kind === 'packet');
  const firstSeen = lettered && words.places.length === 0 ? placesIn(packets) : [];
  const labelOf = ({ label, shorter }: PacketRow) => [label, ...shorter][dropped] ?? label;
  const placeOf = ({ hops, where }: PacketRow) => {
    if (hops !== '' || firstSeen.length === 0) return hops === '' ? where : hops;
    return firstSeen.length === 1 ? '' : letterAt(firstSeen.indexOf(interfaceOf(where)));
  };
  const isBelow = ({ isGuilty, mark }: PacketRow | ToldRow) => isGuilty || (marksBelow && mark !== '');
  const longest = Math.max(0, ...packets.map((row) => labelOf(row).length));
  const [headLine = '', ...arrows] = alignColumns([
    headCells(words, longest + 8, lettered, firstSeen),
    ...packets.map((row) => [
      arrow(row, labelOf(row), longest),
      ...placeAndMark(row, placeOf(row), isBelow(row)),
    ]),
  ]);
  const arrowOf = new Map(packets.map((row, index) => [row, arrows[index] ?? '']));
  const times = Math.max('since loss'.length, ...rows.map(({ time }) => time.length));
  const at = (time: string, text: string, isWhole = false): Line => ({
    lead: `  ${time.padStart(times)}  `,
    ...{ text, isWhole },
  });
  const lines = [
    at('since loss', headLine, hasPackets),
    ...rows.flatMap((row) => [
      row.kind === 'packet' ? at(row.time, arrowOf.get(row) ?? '', true) : at(row.time, toldText(row)),
      // Who did it has a line of its own, under the arrow: beside it there is no room for a name.
      ...(isBelow(row) ? [at('', `^ ${row.mark}`)] : []),
    ]),
  ];
  const width = Math.max(...lines.map((one) => (one.isWhole ? widthOf(visible(one.lead + one.text)) : 0)));
  return { width, lines, legend: legendOf(words, packets, firstSeen) };
}

/** No wider than it must be where letters stand below it. */
function headCells(
  { hasPackets, places }: LadderWords,
  span: number,
  lettered: boolean,
  firstSeen: readonly string[],
): string[] {
  if (!hasPackets) return ['what was told'];
  const ends = `client${'server'.padStart(span - 'client'.length)}`;
  if (lettered) return firstSeen.length === 1 ? [ends] : [ends, 'at', ''];
  return [ends, places.length > 0 ? 'seen at' : 'first seen at', ''];
}

function arrow({ toServer }: PacketRow, label: string, longest: number): string {
  const line = '-'.repeat(longest - label.length + 1);
  return toServer ? `|-- ${label} ${line}>|` : `|<${line} ${label} --|`;
}

/** Letters and a remark share a column: few rows have both. */
function placeAndMark({ hops, mark, where }: PacketRow, place: string, isBelow: boolean): string[] {
  const beside = isBelow ? '' : mark;
  return hops === '' && place === where ? [place, beside] : [`${place}  ${beside}`.trim()];
}

const toldText = ({ side, text, where }: ToldRow): string =>
  `${side}${where === '' || where === side ? '' : ` on ${where}`}: ${text}`;

const letterAt = (index: number): string => (index < 0 || index > 25 ? '?' : String.fromCharCode(97 + index));

/** Where packets were first seen, without the direction, which the arrow tells. */
const placesIn = (packets: readonly PacketRow[]): string[] => [
  ...new Set(packets.map(({ where }) => interfaceOf(where))),
];

function legendOf(
  { places }: LadderWords,
  packets: readonly PacketRow[],
  firstSeen: readonly string[],
): string[] {
  const [only, another] = firstSeen;
  return [
    ...(places.length === 0 ? [] : [`Seen at: ${lettersInWords(places)}.`]),
    ...(another === undefined ? [] : [`First seen at: ${lettersInWords(firstSeen)}.`]),
    ...(only !== undefined && another === undefined ? [`All of them seen at ${only}.`] : []),
    ...(packets.some(({ hops }) => hops.includes('-'))
      ? ['A - stands for a place on the usual way where it was not seen.']
      : []),
  ];
}

/** `node-2: a cali-remote, b eth0; node-1: c eth0`. */
function lettersInWords(places: readonly string[]): string {
  const lettered = places.map((place, index) => {
    const [node = '', ...link] = place.split(' ');
    return { node, text: [letterAt(index), ...link].join(' ') };
  });
  return [...Map.groupBy(lettered, ({ node }) => node)]
    .map(([node, own]) => `${node}: ${own.map(({ text }) => text).join(', ')}`)
    .join('; ');
}

function setLine({ lead, text, isWhole }: Line, style: TextStyle): string[] {
  if (isWhole) return [visible(`${lead}${text}`).trimEnd()];
  return wrap(visible(text), proseColumns(style), lead, `${' '.repeat(lead.length)}  `);
}
