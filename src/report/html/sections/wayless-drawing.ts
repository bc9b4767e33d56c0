// A lost connection that no entry tells a way of: who asked whom, and what came back, if anything did.
import { formatEndpoint } from '../../../model/endpoint.ts';
import type { WaylessLoss } from '../../run-view.ts';
import { markup, type Markup } from '../markup.ts';
import {
  besideBoxes,
  boxLeft,
  boxMiddle,
  boxWidth,
  short,
  sign,
  step,
  wayPath,
  width,
  type Box,
} from './drawing-shapes.ts';

const height = 190;

/** Inline SVG with `label` as what it says to those who do not see it. */
export function drawWayless(loss: WaylessLoss, label: string): Markup {
  const { client, target, end } = loss;
  const [top, bottom]: readonly [Box, Box] = [
    { top: 14, height: 44 },
    { top: 132, height: 44 },
  ];
  const isClients = end.author.startsWith('client-');
  const isServers = end.author.startsWith('server-');
  const isGone = !isServers && !isClients;
  const from = top.top + top.height;
  const answer =
    end.answer === null
      ? ''
      : sign(
          end.answer,
          { middle: besideBoxes, top: (isServers ? bottom : top).top + 9 },
          !isClients && !isServers,
        );
  return markup`<svg class="drawing" viewBox="0 0 ${width} ${height}" role="img" aria-label="${label}">${wayPath(`M${boxMiddle} ${from}V${bottom.top - 2}`, { isBad: true, isGone })}
${endBox(top, client === null ? 'client, no connection yet' : 'client', client === null ? loss.class : formatEndpoint(client), isClients, false)}
${endBox(bottom, 'what it dialled', formatEndpoint(target), isServers, isGone)}${answer}${step(1, boxMiddle, (from + bottom.top) / 2)}</svg>`;
}

function endBox(box: Box, name: string, address: string, isGuilty: boolean, isUnused: boolean): Markup {
  const { top, height: tall } = box;
  return markup`<rect class="pod ${isGuilty && 'bad'} ${isUnused && 'unused'}" x="${boxLeft}" y="${top}" width="${boxWidth}" height="${tall}" rx="8"/>
<text class="small" x="${boxMiddle}" y="${top + 17}" text-anchor="middle">${name}</text><text class="mono" x="${boxMiddle}" y="${top + 35}" text-anchor="middle">${short(address, 26)}</text>`;
}
