// The last packets of a finding's connection as rungs between its two ends.
import { ladderWords } from '../../ladder-rows.ts';
import type { Finding } from '../../../model/run-record.ts';
import { markup, nothing, type Markup } from '../markup.ts';

export function packetLadder(finding: Finding, index: number): Markup {
  const words = ladderWords(finding);
  if (words === null) return nothing;
  const { client, server, rows, left } = words;
  return markup`<h4>The last packets${left !== '' && ` (${left})`}</h4>
<div class="scroll" tabindex="0" role="region" aria-label="The last packets of finding ${index + 1}"><table class="ladder">
<thead><tr><th scope="col" class="number">since the loss</th><th scope="col">from</th><th scope="col"><span class="ends"><span>client ${client}</span><span>server ${server}</span></span></th><th scope="col">first seen at</th><th scope="col">which is</th></tr></thead>
<tbody>${rows.map(
    ({ time, toServer, label, where, mark }) =>
      markup`<tr class="${mark.startsWith('RST') && 'reset'}"><td class="number">${time}</td><td>${toServer ? 'client' : 'server'}</td><td><span class="rung ${toServer ? 'to-server' : 'to-client'}"><code>${label}</code></span></td><td>${where}</td><td>${mark}</td></tr>`,
  )}</tbody></table></div>`;
}
