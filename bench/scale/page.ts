// The simulation's figures as docs/scale.md and its picture.
import { colours, dot, line, path, svg, text } from '../../scripts/calibration/svg.ts';
import { table } from '../../scripts/calibration/markdown.ts';
import type { SizeFigures } from './measure.ts';
import { allPairs } from './rivals.ts';
import type { IdleQuestion } from './traffic.ts';

export interface ScaleFigures {
  readonly sizes: readonly SizeFigures[];
  readonly series: number;
  readonly seriesWithPairs: number;
  readonly question: IdleQuestion;
  readonly date: string;
}

const targets = 10;
const pollSeconds = 30;
const pageSize = 250;
const resyncSeconds = 1_800;

const whole = (value: number) => Math.round(value).toLocaleString('en');
const short = (value: number) => (value >= 100 ? whole(value) : String(Number(value.toPrecision(2))));

export function scalePage({ sizes, series, seriesWithPairs, question, date }: ScaleFigures): string {
  const bytes = question.sent + question.received;
  return `# How the mesh grows

Written by \`npm run bench:scale\` on ${date}: the plan of made-up clusters of three zones with K = ${targets}, computed by the coordinator's own code, each size in
a process of its own, with churn. The traffic is that of the real coordinator on loopback, the series those of a real agent. No cloud was
measured.

${table(
  [
    'nodes',
    'plan, ms',
    'all parts, ms',
    'peak memory, MiB',
    'new edges when a node joins',
    'agents that hear of it',
    'edges ended when one leaves',
    'probers of a node: least, mean, most',
    'nodes that nobody probes',
    'the same without one zone',
    'targets in the own zone',
    'a plan’s bytes',
  ],
  sizes.map((one) => [
    whole(one.size),
    short(one.planMs),
    short(one.partsMs),
    whole(one.peakMib),
    String(one.joinEdges),
    String(one.joinAgents),
    String(one.leaveEdges),
    `${one.inDegree.least}, ${short(one.inDegree.mean)}, ${one.inDegree.most}`,
    String(one.uncovered),
    String(one.uncoveredWithoutZone),
    `${(100 * one.ownZoneShare).toFixed(0)}%`,
    whole(one.partBytes),
  ]),
)}

"All parts" is what it takes to make every agent's part at once, as after a change that concerns all. With twenty changes one after the
other (a node leaves, another one joins, one is cordoned and comes back), ${sizes.map(({ size, churnEdges, churnAgents }) => `${short(churnEdges)} edges and ${short(churnAgents)} agents a change at ${whole(size)} nodes`).join(', ')}.

## Against all pairs, and against one ring

goldpinger's instances each call all others; kubenurse's each the next ${targets} of one ring. What is said of them here is computed from what their
sources say (\`bench/scale/rivals.ts\`), not measured.

${table(
  [
    'nodes',
    'edges: mesh',
    'edges: all pairs',
    'series an agent: mesh',
    'series an agent: all pairs',
    'new edges when a node joins: mesh',
    'one ring',
    'all pairs',
    'requests/s to the API: mesh',
    'all pairs',
  ],
  sizes.map(({ size, joinEdges, ringJoinEdges }) => [
    whole(size),
    whole(size * targets),
    whole(allPairs.edges(size)),
    whole(series),
    whole(allPairs.seriesPerAgent(size)),
    String(joinEdges),
    String(ringJoinEdges),
    whole(2 * size),
    ((Math.ceil(size / pageSize) + 1) / resyncSeconds + 2 / 300).toFixed(3),
    short(allPairs.apiRequestsPerSecond(size)),
  ]),
)}

One ring moves as few edges; what it has not is targets in the own zone and in others by rule, a path through the Service, and one reader of
the API. The mesh's requests to the API are one coordinator's: two watches that are renewed every five minutes, and a list in pages of ${pageSize}
every half hour, whatever the number of agents.

![edges and series by number of nodes](scale/growth.svg)

## Traffic to the coordinator

An agent that waits for news asks once in ${pollSeconds} s; that question and its answer (304) are ${question.sent} and ${question.received} bytes, and about a kilobyte more where the agent sends its service account's token.

${table(
  ['nodes', 'questions/s', 'bytes/s while nothing changes', 'bytes a change'],
  sizes.map(({ size, churnAgents, partBytes }) => [
    whole(size),
    short(size / pollSeconds),
    whole((size / pollSeconds) * bytes),
    whole(churnAgents * (partBytes + bytes)),
  ]),
)}

## Series

An agent to which everything has happened that can has ${series} series, whatever the size of the cluster; with \`--pair-series\` ${seriesWithPairs}, for ${2 * targets + 2} pairs.
`;
}

export function growthPicture({ sizes, series }: ScaleFigures): string {
  const [width, height, left, top] = [720, 360, 70, 30];
  const [right, bottom] = [width - 170, height - 50];
  const most = Math.max(...sizes.map(({ size }) => allPairs.edges(size)));
  const x = (size: number) => left + ((Math.log10(size) - 2) / (Math.log10(20_000) - 2)) * (right - left);
  const y = (value: number) => bottom - (Math.log10(value) / Math.ceil(Math.log10(most))) * (bottom - top);
  const curves: [name: string, value: (size: number) => number][] = [
    ['edges, all pairs', allPairs.edges],
    ['edges, mesh', (size) => size * targets],
    ['series an agent, all pairs', allPairs.seriesPerAgent],
    ['series an agent, mesh', () => series],
  ];
  const decades = Array.from({ length: Math.ceil(Math.log10(most)) + 1 }, (_, power) => 10 ** power);
  const last = sizes.at(-1)?.size ?? 1;
  return svg(
    width,
    height,
    'Edges of the whole cluster and series of one agent, by number of nodes, on logarithmic scales',
    [
      ...decades.flatMap((value) => [
        line([left, y(value)], [right, y(value)]),
        text(left - 8, y(value) + 4, value.toLocaleString('en'), { anchor: 'end', size: 11 }),
      ]),
      ...sizes.map(({ size }) => text(x(size), bottom + 20, whole(size), { anchor: 'middle' })),
      text((left + right) / 2, height - 8, 'nodes', { anchor: 'middle' }),
      ...curves.flatMap(([name, value], index) => {
        const colour = colours[index] ?? colours[0];
        const points = sizes.map(({ size }) => [x(size), y(value(size))] as const);
        return [
          path(points, { colour, width: 2 }),
          ...points.map(([atX, atY]) => dot(atX, atY, colour)),
          text(right + 12, y(value(last)) + 4, name, { colour }),
        ];
      }),
    ],
  );
}
