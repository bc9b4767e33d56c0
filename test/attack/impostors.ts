// Coordinators that are none, or that somebody has taken over: what each answers an agent that asks for its plan.
import type { ServerResponse } from 'node:http';
import type { MeshTarget } from '../../src/model/mesh-plan.ts';
import { honestTargets, planOf, type Answer, type Coordinator } from './honest-coordinator.ts';
import { peerAddress } from './programs.ts';

export interface Impostor {
  readonly name: string;
  /** Made anew for each case. */
  readonly answer: (where: Pick<Coordinator, 'forbidden'>, peerPort: number) => Answer;
  /** It is a plan, which the agent may take: then it asks again, and waits for the next. */
  readonly isPlan?: true;
}

const json = (response: ServerResponse, text: string, contentType = 'application/json') => {
  response.writeHead(200, { 'content-type': contentType });
  response.end(text);
};

/** Gives the plan once; whoever has it may wait. */
const givesOnce =
  (text: string, revision: string): Answer =>
  (response, request) => {
    if (request.headers['if-none-match'] !== `"${revision}"`) json(response, text);
  };

const gives = (
  plan: (forbidden: Coordinator['forbidden'], peerPort: number) => { readonly revision: string },
): Pick<Impostor, 'answer' | 'isPlan'> => ({
  isPlan: true,
  answer({ forbidden }, peerPort) {
    const made = plan(forbidden, peerPort);
    return givesOnce(JSON.stringify(made), made.revision);
  },
});

const says = (
  status: number,
  text: string,
  headers: Readonly<Record<string, string>> = {},
): Pick<Impostor, 'answer'> => ({
  answer: () => (response) => {
    response.writeHead(status, headers);
    response.end(text);
  },
});

/** Writes for as long as it is read, and at most so much. */
const streams = (first: string, piece: string, bytes: number): Pick<Impostor, 'answer'> => ({
  answer: () => (response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.write(first);
    const block = Buffer.from(piece.repeat(Math.ceil(1_000_000 / piece.length)));
    let sent = 0;
    const more = () => {
      for (let blocks = 0; blocks < 8 && !response.destroyed; blocks++) {
        if (sent >= bytes) {
          response.end();
          return;
        }
        sent += block.length;
        if (!response.write(block)) return;
      }
      if (!response.destroyed) setImmediate(more);
    };
    response.on('drain', more);
    more();
  },
});

const target = (
  address: string,
  port: number,
  node = 'node-3',
  more: Partial<MeshTarget> = {},
): MeshTarget => ({
  ...{ node, zone: 'zone-c', class: 'cross-zone', path: 'pod-ip', address, port, connections: 1 },
  ...more,
});

const withRevision = (revision: string) => gives((_, port) => planOf(honestTargets(port), revision));

const megabytes = 1_000_000;

export const impostors: readonly Impostor[] = [
  { name: 'a plan of 700 MB', ...streams('{"schemaVersion":1,"revision":"', 'x', 700 * megabytes) },
  { name: 'a plan that never ends', ...streams('{"schemaVersion":1,"targets":[', '{},', 4_000 * megabytes) },
  {
    name: 'a refusal of 700 MB',
    answer: () => (response, request, url) => {
      response.statusCode = 500;
      streams('', 'no ', 700 * megabytes).answer({ forbidden: [] }, 0)(
        Object.assign(response, { writeHead: () => response }),
        request,
        url,
      );
    },
  },
  {
    name: 'a redirect to somebody else',
    answer:
      ({ forbidden: [bait] }) =>
      (response) => {
        response.writeHead(302, {
          location: `http://${bait?.address ?? ''}:${bait?.port ?? 0}/v1/plan/node-1`,
        });
        response.end();
      },
  },
  {
    name: 'a redirect to itself, without end',
    answer: () => (response, _request, url) => {
      response.writeHead(307, { location: url.pathname });
      response.end();
    },
  },
  { name: 'a revision with line breaks', ...withRevision('1"\r\nX-Owned: 1\r\n\r\n') },
  { name: 'a revision with escape sequences', ...withRevision('\x1b]0;owned\x07\x1b[2J') },
  { name: 'a revision of a megabyte', ...withRevision('r'.repeat(megabytes)) },
  { name: 'a revision of pictures', ...withRevision('😈😈😈') },
  {
    name: 'the plan of another node',
    ...gives(([bait], port) => ({
      ...planOf([target(peerAddress, bait?.port ?? port)], 'other'),
      node: 'node-9',
    })),
  },
  {
    name: 'a target with a port that is no server’s',
    ...gives(([bait]) => planOf([target(peerAddress, bait?.port ?? 0)], 'port')),
  },
  {
    name: 'targets with the ports of ssh, the API and a kubelet',
    ...gives((_, port) =>
      planOf(
        [...honestTargets(port), ...[22, 6_443, 10_250].map((one) => target(peerAddress, one))],
        'ports',
      ),
    ),
  },
  {
    name: 'a target with an address that is no server’s',
    ...gives(([, bait]) => planOf([target(bait?.address ?? '', bait?.port ?? 0)], 'address')),
  },
  {
    name: 'the same, hidden in another notation',
    ...gives(([, bait]) =>
      planOf(
        [
          target(`::ffff:${bait?.address ?? ''}`, bait?.port ?? 0),
          target('2135752705', bait?.port ?? 0),
          target('0x7f.77.1', bait?.port ?? 0),
        ],
        'notation',
      ),
    ),
  },
  {
    name: '100,000 targets',
    ...gives((_, port) =>
      planOf(
        Array.from({ length: 100_000 }, (_, at) => target(peerAddress, port, `node-${at}`)),
        'many',
      ),
    ),
  },
  {
    name: '1,000 targets with 1,000 connections each',
    ...gives((_, port) =>
      planOf(
        Array.from({ length: 1_000 }, (_, at) =>
          target(peerAddress, port, `node-${at}`, { connections: 1_000 }),
        ),
        'bomb',
      ),
    ),
  },
  {
    name: 'a million nodes that are left out',
    ...gives((_, port) => ({
      ...planOf(honestTargets(port), 'left-out'),
      leftOut: Array.from({ length: 1_000_000 }, (_, at) => ({ node: `n${at}`, reason: 'node-deleting' })),
    })),
  },
  {
    name: 'nodes and zones that are called like properties of Object',
    ...gives((_, port) =>
      planOf(
        ['__proto__', 'constructor', 'toString', 'hasOwnProperty'].map((name) =>
          target(peerAddress, port, name, { zone: name }),
        ),
        'object',
      ),
    ),
  },
  {
    name: 'a node and a zone with escape sequences',
    ...gives((_, port) => ({
      ...planOf([target(peerAddress, port, '\x1b[2J', { zone: '\x1b[31m' })], 'escape'),
      zone: '\x1b[2J',
    })),
  },
  {
    name: 'names that nobody can look up',
    ...gives((_, port) =>
      planOf(
        [
          target(`${'a'.repeat(300)}.invalid`, port),
          target('a b', port),
          target('\0', port),
          target('-', port),
        ],
        'names',
      ),
    ),
  },
  {
    name: 'JSON that is 100,000 levels deep',
    answer: () => (response) => json(response, '['.repeat(100_000) + ']'.repeat(100_000)),
  },
  {
    name: 'a plan whose extra field is 100,000 levels deep',
    isPlan: true,
    answer: (_, port) =>
      givesOnce(
        JSON.stringify({ ...planOf(honestTargets(port), 'deep'), extra: 0 }).replace(
          '"extra":0',
          `"extra":${'['.repeat(100_000)}${']'.repeat(100_000)}`,
        ),
        'deep',
      ),
  },
  {
    name: 'the same plan at once, for ever',
    isPlan: true,
    answer: (_, port) => (response) => json(response, JSON.stringify(planOf(honestTargets(port), 'same'))),
  },
  { name: 'JSON that breaks off', answer: () => (response) => json(response, '{"schemaVersion":1,') },
  { name: 'null', answer: () => (response) => json(response, 'null') },
  {
    name: 'a page of HTML',
    answer: () => (response) => json(response, '<!doctype html><title>Log in</title>', 'text/html'),
  },
  {
    name: 'nothing that is JSON, but gzip that is none',
    ...says(200, 'x', { 'content-encoding': 'gzip', 'content-type': 'application/json' }),
  },
  { name: 'a refusal with escape sequences', ...says(500, '\x1b]0;owned\x07\x1b[2J\x1b[31m') },
  { name: 'a refusal, for ever', ...says(503, 'not now') },
  { name: 'that nothing has changed, at once, for ever', ...says(304, '') },
  { name: 'no content', ...says(204, '') },
  { name: 'nothing, and resets', answer: () => (response) => response.socket?.resetAndDestroy() },
  {
    name: 'a beginning, and then nothing',
    answer: () => (response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
      response.write('{"schemaVersion":1');
    },
  },
  {
    name: 'a beginning, and then a reset',
    answer: () => (response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
      response.write('{"schemaVersion":1', () => response.socket?.resetAndDestroy());
    },
  },
  { name: 'no HTTP', answer: () => (response) => response.socket?.end('\x1b[2J no HTTP at all \0\r\n\r\n') },
];
