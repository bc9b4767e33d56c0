// On a cluster: which pods and nodes are behind the classes, and what the nodes run.
import type { RunRecord } from '../../../model/run-record.ts';
import { clusterHeads, clusterLine, clusterRows } from '../../cluster-rows.ts';
import { markup, nothing, type Markup } from '../markup.ts';

export function clusterSection(record: RunRecord | null): Markup {
  const cluster = record?.cluster;
  if (cluster === undefined) return nothing;
  return markup`<h2>Where it ran</h2>
<p class="lede">${clusterLine(cluster)}, as the API said when the clients started.</p>
<div class="scroll" tabindex="0" role="region" aria-label="Pods and nodes"><table><thead><tr>${clusterHeads.map((head) => markup`<th scope="col">${head}</th>`)}</tr></thead>
<tbody>${clusterRows(cluster).map((row) => markup`<tr>${row.map((cell) => markup`<td>${cell.slice(0, 300)}</td>`)}</tr>`)}</tbody></table></div>`;
}
