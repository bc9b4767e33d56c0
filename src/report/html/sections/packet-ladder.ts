// The last packets of a lost connection, and what was told of its end, as rungs between its two ends.
import { ladderWords, type LadderSource, type PacketRow, type ToldRow } from '../../ladder-rows.ts';
import { markup, nothing, type Markup } from '../markup.ts';

/** @param whose `finding 1`: what a screen reader calls its owner. */
export function packetLadder(source: LadderSource, whose: string): Markup {
  const words = ladderWords(source);
  if (words === null) return nothing;
  const { client, server, rows, left, places, hasPackets } = words;
  const name = hasPackets ? 'The last packets' : 'The last moments';
  return markup`<h4>${name}${left !== '' && ` (${left})`}</h4>
<div class="scroll" tabindex="0" role="region" aria-label="${name} of ${whose}"><table class="ladder">
<thead><tr><th scope="col" class="number">since the loss</th><th scope="col">from</th><th scope="col"><span class="ends"><span>client ${client}</span><span>server ${server}</span></span></th><th scope="col">${places.length === 0 ? 'first seen at' : 'seen at'}</th><th scope="col">which is</th></tr></thead>
<tbody>${rows.map((row) => (row.kind === 'packet' ? packetRow(row) : toldRow(row)))}</tbody></table></div>`;
}

function packetRow({ time, toServer, label, where, mark, missed, isGuilty }: PacketRow): Markup {
  return markup`<tr class="${(isGuilty || mark.startsWith('RST')) && 'reset'}"><td class="number">${time}</td><td>${toServer ? 'client' : 'server'}</td><td><span class="rung ${toServer ? 'to-server' : 'to-client'}"><code>${label}</code></span></td><td>${where}</td><td>${[mark, missed].filter((part) => part !== '').join(', ')}</td></tr>`;
}

function toldRow({ time, side, text, where, mark, isGuilty }: ToldRow): Markup {
  return markup`<tr class="${isGuilty && 'reset'}"><td class="number">${time}</td><td>${side}</td><td><span class="told told-by-${side}">${text}</span></td><td>${where}</td><td>${mark}</td></tr>`;
}
