// One passage as a drawing: pods and entries from top to bottom, the node's frame around them, the VPC at its side.
import { formatEndpoint } from '../../../model/endpoint.ts';
import type { Crossing } from '../../../model/shown-connection.ts';
import type { Passage } from '../../run-view.ts';
import { markup, nothing, type Markup } from '../markup.ts';
import { answeredByReset, sitesOf } from './passage-sites.ts';

// Text of 12 units in a drawing 400 wide can still be read on a phone, where a unit is 0.85 pixels.
const width = 400;
const boxLeft = 34;
const boxWidth = 206;
const boxMiddle = boxLeft + boxWidth / 2;
const boxRight = boxLeft + boxWidth;
const nodeRight = 300;
const vpcMiddle = 362;

interface Box {
  readonly top: number;
  readonly height: number;
}

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
  const client: Box = { top: 34, height: 44 };
  const entry: Box = { top: 112, height: 60 };
  const second: Box = { top: 214, height: 60 };
  const server: Box = { top: 308, height: 62 };
  const out = entry.top + entry.height / 2;
  const back = second.top + second.height / 2;
  const loop = `M${boxRight} ${out}H${vpcMiddle - 12}q12 0 12 12V${back - 12}q0 12 -12 12H${boxRight + 2}`;
  const ways =
    again === undefined
      ? [way(`M${boxMiddle} ${entry.top + entry.height}V${server.top - 2}`, passage)]
      : [way(loop, passage), way(`M${boxMiddle} ${second.top + second.height}V${server.top - 2}`, passage)];
  // Numbers as in the list of hops below the drawing.
  const numbers =
    again === undefined
      ? [step(3, boxMiddle, (entry.top + entry.height + server.top) / 2)]
      : [
          step(3, vpcMiddle, (out + back) / 2),
          step(4, boxLeft, second.top + second.height / 2),
          step(5, boxMiddle, (second.top + second.height + server.top) / 2 - 1),
        ];
  return {
    height: 388,
    content: markup`${nodeFrame(nodes[0] ?? '', 8, 372)}${vpcFrame(out - 46, back - out + 92, again !== undefined)}
${ways}${way(`M${boxMiddle} ${client.top + client.height}V${entry.top - 2}`, passage)}
${podBox(client, 'client pod', formatEndpoint(passage.client))}${entryBox(entry, first)}${again === undefined ? nothing : entryBox(second, again)}
${again === undefined ? nothing : ports(out, back)}${serverBox(server, passage)}
${step(1, boxMiddle, (client.top + client.height + entry.top) / 2 - 1)}${step(2, boxLeft, entry.top + entry.height / 2)}${numbers}`,
  };
}

function betweenNodes(passage: Passage, beyond: Crossing): Drawing {
  const { first, nodes } = sitesOf(passage);
  const client: Box = { top: 34, height: 44 };
  const entry: Box = { top: 104, height: 60 };
  const second: Box = { top: 236, height: 60 };
  const server: Box = { top: 322, height: 62 };
  const out = entry.top + entry.height / 2;
  const back = second.top + second.height / 2;
  const over = `M${boxRight} ${out}H${vpcMiddle - 12}q12 0 12 12V${back - 12}q0 12 -12 12H${boxRight + 2}`;
  return {
    height: 402,
    content: markup`${nodeFrame(nodes[0] ?? '', 8, 168)}${nodeFrame(nodes[1] ?? '', 210, 184)}${vpcFrame(out - 46, back - out + 92, true)}
${way(over, passage)}${way(`M${boxMiddle} ${client.top + client.height}V${entry.top - 2}`, passage)}${way(`M${boxMiddle} ${second.top + second.height}V${server.top - 2}`, passage)}
${podBox(client, 'client pod', formatEndpoint(passage.client))}${entryBox(entry, first)}${entryBox(second, beyond)}${ports(out, back)}${serverBox(server, passage)}
${step(1, boxMiddle, (client.top + client.height + entry.top) / 2 - 1)}${step(2, boxLeft, entry.top + entry.height / 2)}${step(3, vpcMiddle, (out + back) / 2)}${step(4, boxLeft, second.top + second.height / 2)}${step(5, boxMiddle, (second.top + second.height + server.top) / 2 - 1)}`,
  };
}

function nodeFrame(name: string, top: number, height: number): Markup {
  return markup`<rect class="node" x="8" y="${top}" width="${nodeRight - 8}" height="${height}" rx="10"/><text class="frame-name" x="20" y="${top + 18}">${short(name, 30)}</text>`;
}

function vpcFrame(top: number, height: number, used: boolean): Markup {
  return markup`<rect class="vpc ${!used && 'unused'}" x="${vpcMiddle - 30}" y="${top}" width="60" height="${height}" rx="10"/><text class="frame-name ${!used && 'unused'}" x="${vpcMiddle}" y="${top + 18}" text-anchor="middle">VPC</text>`;
}

/** The node's interface, where the way leaves and enters its frame. */
function ports(...heights: readonly number[]): Markup[] {
  return heights.map(
    (y) =>
      markup`<rect class="eth" x="${nodeRight - 19}" y="${y - 9}" width="38" height="18" rx="4"/><text class="small" x="${nodeRight}" y="${y + 4}" text-anchor="middle">eth0</text>`,
  );
}

function podBox({ top, height }: Box, name: string, address: string): Markup {
  return markup`<rect class="pod" x="${boxLeft}" y="${top}" width="${boxWidth}" height="${height}" rx="8"/>
<text class="small" x="${boxMiddle}" y="${top + 17}" text-anchor="middle">${name}</text><text class="mono" x="${boxMiddle}" y="${top + 35}" text-anchor="middle">${short(address, 26)}</text>`;
}

function entryBox({ top, height }: Box, crossing: Crossing | undefined): Markup {
  if (crossing === undefined) return nothing;
  const { source, target } = crossing;
  const targetMoves = formatEndpoint(target.before) !== formatEndpoint(target.after);
  const sourceMoves = source.before.port !== source.after.port;
  const lines = sourceMoves
    ? [`source port ${source.before.port}`, `→ ${source.after.port}`]
    : targetMoves
      ? [`to ${formatEndpoint(target.before)}`, `→ ${formatEndpoint(target.after)}`]
      : ['changes nothing', `source port ${source.after.port}`];
  return markup`<rect class="entry ${sourceMoves && 'moves'}" x="${boxLeft}" y="${top}" width="${boxWidth}" height="${height}" rx="3"/>
<text class="small" x="${boxMiddle}" y="${top + 16}" text-anchor="middle">conntrack entry</text>${lines.map(
    (line, index) =>
      markup`<text class="mono ${sourceMoves && index === 1 && 'moved'}" x="${boxMiddle}" y="${top + 33 + index * 17}" text-anchor="middle">${short(line, 28)}</text>`,
  )}`;
}

function serverBox({ top, height }: Box, passage: Passage): Markup {
  const reset = answeredByReset(passage);
  const { seen, accepted, server } = passage;
  const verdict = reset
    ? `socket is for ${accepted?.port ?? '?'}`
    : accepted === null
      ? ''
      : 'has a socket for it';
  return markup`<rect class="pod server ${reset && 'bad'}" x="${boxLeft}" y="${top}" width="${boxWidth}" height="${height}" rx="8"/>
<text class="small" x="${boxMiddle}" y="${top + 16}" text-anchor="middle">server pod ${short(formatEndpoint(server), 22)}</text>
<text class="mono strong ${reset && 'wrong'}" x="${boxMiddle}" y="${top + 35}" text-anchor="middle">sees port ${seen.port}</text><text class="small" x="${boxMiddle}" y="${top + 53}" text-anchor="middle">${verdict}</text>
${reset && markup`<g class="rst-sign"><rect x="${boxRight + 8}" y="${top + 18}" width="46" height="26" rx="13"/><text x="${boxRight + 31}" y="${top + 36}" text-anchor="middle">RST</text></g>`}`;
}

function way(path: string, passage: Passage): Markup {
  return markup`<path class="way ${answeredByReset(passage) && 'bad'}" d="${path}"/>`;
}

function step(number: number, x: number, y: number): Markup {
  return markup`<g class="step"><circle cx="${x}" cy="${y}" r="10"/><text x="${x}" y="${y + 4}" text-anchor="middle">${number}</text></g>`;
}

/** What is longer than its box loses its middle. */
function short(text: string, most: number): string {
  if (text.length <= most) return text;
  const half = Math.floor((most - 1) / 2);
  return `${text.slice(0, half)}…${text.slice(-half)}`;
}
