// Kubernetes APIs that are broken, taken over, or full of what somebody with a little right in the cluster has put there.
import type { ServerResponse } from 'node:http';
import { listOf, nodeNamed, sliceNamed, watchEvent, type ApiAnswer } from './cluster-api.ts';

export interface HostileApi {
  readonly name: string;
  readonly answer: ApiAnswer;
  /** It is asked so often at most while it plays; otherwise as often as an API that fails. */
  readonly mostAsked?: number;
}

const ok = (response: ServerResponse) => response.writeHead(200, { 'content-type': 'application/json' });
const none = (response: ServerResponse) => ok(response).end(listOf([]));

/** Lists so; its watches say nothing. */
const lists =
  (nodes: () => string, slices: () => string = () => listOf([])): ApiAnswer =>
  (response, kind, isWatch) => {
    ok(response);
    if (isWatch) response.flushHeaders();
    else response.end(kind === 'nodes' ? nodes() : slices());
  };

/** Lists nothing; its watches say so. */
const watches =
  (say: (response: ServerResponse) => void): ApiAnswer =>
  (response, _, isWatch) => {
    if (!isWatch) {
      none(response);
      return;
    }
    ok(response);
    response.flushHeaders();
    say(response);
  };

const always =
  (say: (response: ServerResponse) => void): ApiAnswer =>
  (response) =>
    say(response);

const fails = (status: number, message: string): ApiAnswer =>
  always((response) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ kind: 'Status', status: 'Failure', code: status, message }));
  });

/** Writes as fast as it is read. */
function writeAll(response: ServerResponse, pieces: Iterator<string, unknown>): void {
  const more = () => {
    while (!response.destroyed) {
      const { done, value } = pieces.next();
      if (done === true) {
        response.end();
        return;
      }
      if (!response.write(value)) return;
    }
  };
  response.on('drain', more);
  more();
}

function* repeated(piece: string, bytes: number): Generator<string> {
  const block = piece.repeat(Math.ceil(500_000 / piece.length));
  for (let sent = 0; sent < bytes; sent += block.length) yield block;
}

const writeOn = (response: ServerResponse, piece: string, bytes: number) =>
  writeAll(response, repeated(piece, bytes));

/** A list whose items are made one after the other, so that it is the program alone that may hold them all. */
const listsOneByOne =
  (count: number, item: (at: number) => unknown): ApiAnswer =>
  (response, kind, isWatch) => {
    ok(response);
    if (isWatch) response.flushHeaders();
    else if (kind !== 'nodes') response.end(listOf([]));
    else writeAll(response, itemsOf(count, item));
  };

function* itemsOf(count: number, item: (at: number) => unknown): Generator<string> {
  yield '{"metadata":{"resourceVersion":"7"},"items":[';
  for (let at = 0; at < count; at++) yield `${at === 0 ? '' : ','}${JSON.stringify(item(at))}`;
  yield ']}';
}

function* addedWithoutEnd(): Generator<string> {
  for (let at = 0; ; at++) yield watchEvent('ADDED', nodeNamed(`node-${at}`));
}

const objectNames = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf'];
const megabyte = 'z'.repeat(1_000_000);
const deep = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;
const escapes = '\x1b]0;owned\x07\x1b[2J\x1b[31m\n';

/** A list of pages without end, each with other names. */
function pagesOf(name: string): ApiAnswer {
  const page = listOf(
    Array.from({ length: 250 }, (_, at) => nodeNamed(`PAGE-${at}${name}`)),
    { continue: 'PAGE' },
  );
  let pages = 0;
  return (response, kind, isWatch) => {
    ok(response);
    if (isWatch) response.flushHeaders();
    else if (kind !== 'nodes') response.end(listOf([]));
    else {
      pages += 1;
      response.end(page.replaceAll('PAGE', String(pages)));
    }
  };
}

export const hostileApis: readonly HostileApi[] = [
  { name: 'whose watches end at once, for ever', answer: watches((response) => response.end()) },
  {
    name: 'whose every version has expired, for ever',
    answer: watches((response) =>
      response.end(watchEvent('ERROR', { kind: 'Status', code: 410, message: 'too old' })),
    ),
  },
  { name: 'whose lists have expired, for ever', answer: fails(410, 'too old') },
  { name: 'that fails, for ever', answer: fails(500, 'etcd is away') },
  { name: 'that no longer knows who asks', answer: fails(401, 'who are you') },
  { name: 'that refuses', answer: fails(403, 'not for you') },
  { name: 'that asks for patience', answer: fails(429, 'later') },
  { name: 'that fails with escape sequences', answer: fails(500, escapes) },
  {
    name: 'that sends elsewhere',
    answer: always((response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end()),
  },
  { name: 'that resets', answer: always((response) => response.socket?.resetAndDestroy()) },
  { name: 'that speaks no HTTP', answer: always((response) => response.socket?.end(`${escapes}\r\n\r\n`)) },
  {
    name: 'that begins and says no more',
    answer: always((response) => ok(response).write('{"metadata":{"resource')),
  },
  { name: 'whose watches are no JSON', answer: watches((response) => response.write('}{\n"\n\0\n')) },
  { name: 'whose watches are null', answer: watches((response) => response.write('null\nnull\n')) },
  {
    name: 'whose watches name no object',
    answer: watches((response) => response.write('{"type":"ADDED"}\n')),
  },
  {
    name: 'whose watches have kinds of events that do not exist',
    answer: watches((response) => response.write(watchEvent(escapes, nodeNamed('a')))),
  },
  {
    name: 'whose watches are empty lines, without end',
    answer: watches((response) => writeOn(response, '\n', 50_000_000)),
  },
  {
    name: 'whose watches are one line, without end',
    answer: watches((response) => writeOn(response, 'x', 500_000_000)),
  },
  {
    name: 'with an object of 50 MB in its list',
    answer: listsOneByOne(1, () => ({ ...nodeNamed('big'), padding: 'x'.repeat(50_000_000) })),
  },
  {
    name: 'with an object that never ends in its list',
    answer: always((response) => {
      ok(response).write('{"metadata":{},"items":[{"metadata":{"name":"');
      writeOn(response, 'x', 500_000_000);
    }),
  },
  {
    name: 'with a frame that never ends around its list',
    answer: always((response) => {
      ok(response).write('{"metadata":{"resourceVersion":"');
      writeOn(response, 'x', 500_000_000);
    }),
  },
  {
    name: 'with an object of 5 MB in a watch',
    answer: watches((response) =>
      response.write(watchEvent('ADDED', nodeNamed('big', 'z'.repeat(5_000_000)))),
    ),
  },
  {
    name: 'with 400 nodes whose zones have a megabyte each',
    answer: listsOneByOne(400, (at) => nodeNamed(`node-${at}`, `${at}${megabyte}`)),
  },
  {
    name: 'with 400 nodes whose names have a megabyte each',
    answer: listsOneByOne(400, (at) => nodeNamed(`${at}${megabyte}`)),
  },
  {
    name: 'whose list has more and more pages',
    mostAsked: 1_000_000,
    answer: pagesOf('n'.repeat(200)),
  },
  {
    name: 'whose list has more and more pages of names that no node can have',
    mostAsked: 1_000_000,
    answer: pagesOf('N'.repeat(2_000)),
  },
  {
    name: 'with 400 nodes that have a megabyte in each other field that is read',
    answer: listsOneByOne(400, (at) => ({
      metadata: { name: `node-${at}`, deletionTimestamp: megabyte },
      spec: { taints: [{ key: megabyte }] },
      status: { conditions: [{ type: 'Ready', status: megabyte }] },
    })),
  },
  {
    name: 'whose watch tells of more and more nodes',
    answer: watches((response) => writeAll(response, addedWithoutEnd())),
  },
  {
    name: 'with nodes and zones that are called like properties of Object',
    answer: lists(
      () => listOf(objectNames.map((name) => nodeNamed(name, name))),
      () => listOf([sliceNamed('constructor', objectNames), sliceNamed('__proto__', objectNames)]),
    ),
  },
  {
    name: 'with names that have escape sequences',
    answer: lists(
      () => listOf([nodeNamed(`a${escapes}`, escapes), nodeNamed(`b${escapes}`, escapes)]),
      () => listOf([sliceNamed(escapes, [`a${escapes}`, `b${escapes}`], escapes)]),
    ),
  },
  {
    name: 'with addresses that are no servers’',
    answer: lists(
      () => listOf([nodeNamed('node-1'), nodeNamed('node-2')]),
      () => listOf([sliceNamed('slice', ['node-1', 'node-2'], '169.254.169.254')]),
    ),
  },
  {
    name: 'with ports beyond all numbers',
    answer: lists(
      () => listOf([nodeNamed('node-1'), nodeNamed('node-2')]),
      () =>
        listOf([
          {
            ...sliceNamed('slice', ['node-1', 'node-2']),
            ports: [{ port: 1e308 }, { port: -1 }, { port: 0.5 }],
          },
        ]),
    ),
  },
  {
    name: 'with JSON that is 100,000 levels deep',
    answer: lists(() => `{"metadata":{"resourceVersion":"7"},"items":[${deep(100_000)}]}`),
  },
  {
    name: 'with a node whose annotation is 100,000 levels deep',
    answer: watches((response) =>
      response.write(`{"type":"ADDED","object":{"metadata":{"name":"deep","x":${deep(100_000)}}}}\n`),
    ),
  },
  {
    name: 'with items that are none',
    answer: lists(() => '{"metadata":{"resourceVersion":"7"},"items":[1,null,"x",[],{}]}'),
  },
  {
    name: 'with fields of other kinds',
    answer: lists(() => listOf([{ metadata: { name: 7, labels: [] }, spec: 'x', status: null }])),
  },
  { name: 'with no JSON in its list', answer: always((response) => ok(response).end(`<html>${escapes}`)) },
];
