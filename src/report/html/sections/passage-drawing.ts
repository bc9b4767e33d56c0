// One passage as a drawing: pods and entries from top to bottom, the node's frame around them, the VPC at its side.
import type { Author } from '../../../model/author.ts';
import { formatEndpoint } from '../../../model/endpoint.ts';
import type { Crossing } from '../../../model/shown-connection.ts';
import type { Passage } from '../../run-view.ts';
import { markup, nothing, type Markup } from '../markup.ts';
import {
  besideBoxes,
  boxLeft,
  boxMiddle,
  boxRight,
  boxWidth,
  nodeFrame,
  ports,
  short,
  sign,
  step,
  vpcFrame,
  vpcMiddle,
  wayPath,
  width,
  type Box,
  type Place,
} from './drawing-shapes.ts';
import {
  answeredByReset,
  answerSite,
  isLost,
  isUntraced,
  sitesOf,
  stopSite,
  type AnswerSite,
} from './passage-sites.ts';

/** Inline SVG with `label` as what it says to those who do not see it. */
export function drawPassage(passage: Passage, label: string): Markup {
  const { beyond } = sitesOf(passage);
  const parts = beyond === undefined ? withinNode(passage) : betweenNodes(passage, beyond);
  return markup`<svg class="drawing" viewBox="0 0 ${width} ${parts.height}" role="img" aria-label="${label}">${parts.content}</svg>`;
}

interface Drawing {
  readonly height: number;
  readonly content: Markup;
}

function withinNode(passage: Passage): Drawing {
  const { first, again, nodes } = sitesOf(passage);
  const boxes: Boxes = {
    client: { top: 34, height: 44 },
    entry: { top: 112, height: 60 },
    second: { top: 214, height: 60 },
    server: { top: 308, height: 62 },
  };
  const { out, back } = portsOf(boxes);
  const vpc = vpcFrame(out - 46, back - out + 92, again !== undefined);
  return {
    height: 388,
    content: markup`${nodeFrame(nodes[0] ?? '', 8, 372)}${vpc}
${again === undefined ? straightWays(passage, boxes) : loopedWays(passage, boxes)}
${clientBox(boxes.client, passage)}${entryBox(boxes.entry, first)}${again === undefined ? nothing : entryBox(boxes.second, again, passedBy('second', passage))}
${again === undefined ? nothing : ports(out, back)}${serverBox(boxes.server, passage)}${answerSign(passage, boxes)}
${again === undefined ? straightSteps(passage, boxes) : loopedSteps(passage, boxes)}`,
  };
}

function betweenNodes(passage: Passage, beyond: Crossing): Drawing {
  const { first, nodes } = sitesOf(passage);
  const boxes: Boxes = {
    client: { top: 34, height: 44 },
    entry: { top: 104, height: 60 },
    second: { top: 236, height: 60 },
    server: { top: 322, height: 62 },
  };
  const { out, back } = portsOf(boxes);
  return {
    height: 402,
    content: markup`${nodeFrame(nodes[0] ?? '', 8, 168)}${nodeFrame(nodes[1] ?? '', 210, 184)}${vpcFrame(out - 46, back - out + 92, true)}
${loopedWays(passage, boxes)}
${clientBox(boxes.client, passage)}${entryBox(boxes.entry, first)}${entryBox(boxes.second, beyond, passedBy('second', passage))}${ports(out, back)}${serverBox(boxes.server, passage)}${answerSign(passage, boxes)}
${loopedSteps(passage, boxes)}`,
  };
}

interface Boxes {
  readonly client: Box;
  readonly entry: Box;
  readonly second: Box;
  readonly server: Box;
}

const middleOf = ({ top, height }: Box): number => top + height / 2;

/** Where the way leaves the node, and where it comes in again. */
const portsOf = ({ entry, second }: Boxes) => ({ out: middleOf(entry), back: middleOf(second) });

/** Parts of the way, in its order; a packet that stops in one of them has not come to those after it. */
const parts = ['first', 'between', 'second', 'server'] as const;

/** It stopped before that part. */
function passedBy(part: (typeof parts)[number], passage: Passage): boolean {
  const stop = stopSite(passage);
  return isUntraced(passage) || (stop !== null && parts.indexOf(stop) < parts.indexOf(part));
}

/** Behind the place where it stops it is only where the packet should have gone. */
function straightWays(passage: Passage, { client, entry, server }: Boxes): Markup[] {
  return [
    way(`M${boxMiddle} ${client.top + client.height}V${entry.top - 2}`, passage, false),
    way(`M${boxMiddle} ${entry.top + entry.height}V${server.top - 2}`, passage, passedBy('server', passage)),
  ];
}

function loopedWays(passage: Passage, boxes: Boxes): Markup[] {
  const { client, entry, second, server } = boxes;
  const { out, back } = portsOf(boxes);
  const half = (out + back) / 2;
  return [
    way(`M${boxRight} ${out}H${vpcMiddle - 12}q12 0 12 12V${half}`, passage, passedBy('between', passage)),
    way(
      `M${vpcMiddle} ${half}V${back - 12}q0 12 -12 12H${boxRight + 2}`,
      passage,
      passedBy('second', passage),
    ),
    way(`M${boxMiddle} ${client.top + client.height}V${entry.top - 2}`, passage, false),
    way(
      `M${boxMiddle} ${second.top + second.height}V${server.top - 2}`,
      passage,
      passedBy('server', passage),
    ),
  ];
}

/** Numbers as in the list of hops below the drawing, which ends where the packet stopped. */
function straightSteps(passage: Passage, { client, entry, server }: Boxes): Markup[] {
  const stops = stopSite(passage) !== null;
  return [
    step(1, boxMiddle, (client.top + client.height + entry.top) / 2 - 1),
    step(2, boxLeft, middleOf(entry)),
    step(3, boxMiddle, (entry.top + entry.height + server.top) / 2, stops),
  ];
}

function loopedSteps(passage: Passage, boxes: Boxes): Markup[] {
  const { client, entry, second, server } = boxes;
  const { out, back } = portsOf(boxes);
  const stop = stopSite(passage);
  const begin = [
    step(1, boxMiddle, (client.top + client.height + entry.top) / 2 - 1),
    step(2, boxLeft, middleOf(entry)),
  ];
  if (stop === 'first') return [...begin, step(3, boxRight + 22, out, true)];
  const between = step(3, vpcMiddle, (out + back) / 2, stop === 'between');
  if (stop === 'between') return [...begin, between];
  return [
    ...begin,
    between,
    step(4, boxLeft, middleOf(second)),
    step(5, boxMiddle, (second.top + second.height + server.top) / 2 - 1, stop === 'second'),
  ];
}

function clientBox({ top, height }: Box, passage: Passage): Markup {
  const isGuilty = answerSite(passage) === 'client';
  return markup`<rect class="pod ${isGuilty && 'bad'}" x="${boxLeft}" y="${top}" width="${boxWidth}" height="${height}" rx="8"/>
<text class="small" x="${boxMiddle}" y="${top + 17}" text-anchor="middle">client pod</text><text class="mono" x="${boxMiddle}" y="${top + 35}" text-anchor="middle">${short(formatEndpoint(passage.client), 26)}</text>`;
}

function entryBox({ top, height }: Box, crossing: Crossing | undefined, isUnused = false): Markup {
  if (crossing === undefined) return nothing;
  const { source, target } = crossing;
  const targetMoves = formatEndpoint(target.before) !== formatEndpoint(target.after);
  const sourceMoves = source.before.port !== source.after.port;
  const lines = sourceMoves
    ? [`source port ${source.before.port}`, `→ ${source.after.port}`]
    : targetMoves
      ? [`to ${formatEndpoint(target.before)}`, `→ ${formatEndpoint(target.after)}`]
      : ['changes nothing', `source port ${source.after.port}`];
  return markup`<rect class="entry ${sourceMoves && 'moves'} ${isUnused && 'unused'}" x="${boxLeft}" y="${top}" width="${boxWidth}" height="${height}" rx="3"/>
<text class="small" x="${boxMiddle}" y="${top + 16}" text-anchor="middle">conntrack entry</text>${lines.map(
    (line, index) =>
      markup`<text class="mono ${sourceMoves && index === 1 && 'moved'}" x="${boxMiddle}" y="${top + 33 + index * 17}" text-anchor="middle">${short(line, 28)}</text>`,
  )}`;
}

function serverBox({ top, height }: Box, passage: Passage): Markup {
  const isGuilty = answerSite(passage) === 'server';
  const isWrong = answeredByReset(passage);
  const isPassedBy = passedBy('server', passage);
  const { seen, server } = passage;
  const heard = isPassedBy
    ? isUntraced(passage)
      ? 'may not hear of it'
      : 'hears nothing of it'
    : `sees port ${seen.port}`;
  return markup`<rect class="pod server ${isGuilty && 'bad'} ${isPassedBy && 'unused'}" x="${boxLeft}" y="${top}" width="${boxWidth}" height="${height}" rx="8"/>
<text class="small" x="${boxMiddle}" y="${top + 16}" text-anchor="middle">server pod ${short(formatEndpoint(server), 22)}</text>
<text class="mono strong ${isWrong && 'wrong'}" x="${boxMiddle}" y="${top + 35}" text-anchor="middle">${heard}</text><text class="small" x="${boxMiddle}" y="${top + 53}" text-anchor="middle">${serverVerdict(passage)}</text>`;
}

function serverVerdict(passage: Passage): string {
  const { end, accepted } = passage;
  if (answeredByReset(passage)) return `socket is for ${accepted?.port ?? '?'}`;
  if (end === null) return accepted === null ? '' : 'has a socket for it';
  if (answerSite(passage) !== 'server') return '';
  const verdicts: Partial<Record<Author, string>> = {
    'server-application': 'its application ended it',
    'server-process-died': 'its process ended',
    'server-kernel': 'its kernel answered',
    'server-pod-rule': 'a rule in the pod answered',
  };
  return verdicts[end.author] ?? '';
}

/** What came in place of an answer, beside who sent it; where nobody knows who did, beside the client, who got it. */
function answerSign(passage: Passage, boxes: Boxes): Markup {
  const site = answerSite(passage);
  const { end } = passage;
  const answer = end === null || answeredByReset(passage) ? 'reset' : end.answer;
  if (answer === null || (end === null && site === 'nowhere')) return nothing;
  return sign(answer, signPlace(site, passage, boxes), site === 'open' || site === 'nowhere');
}

function signPlace(site: AnswerSite, passage: Passage, boxes: Boxes): Place {
  const { client, entry, second, server } = boxes;
  const { out, back } = portsOf(boxes);
  if (site === 'between') return { middle: vpcMiddle, top: (out + back) / 2 + 24 };
  const isStraight = passage.crossings.length < 2;
  const tops: Readonly<Record<Exclude<AnswerSite, 'between'>, number>> = {
    client: client.top + 9,
    first: isStraight ? entry.top + 17 : entry.top - 16,
    second: second.top + second.height - 10,
    server: server.top + 18,
    // Where nobody knows who sent it, who got it.
    open: client.top + 9,
    nowhere: client.top + 9,
  };
  return { middle: besideBoxes, top: tops[site] };
}

const way = (path: string, passage: Passage, isGone: boolean): Markup =>
  wayPath(path, { isBad: isLost(passage), isGone });
